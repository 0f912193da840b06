/** Comparisons whose time depends on the lengths alone, never on where the first difference is. */

export function equalInConstantTime(a: string, b: string): bool {
  // A different length shows anyway; the loop over the longer one says nothing about the content.
  const size = max(a.length, b.length);
  let difference = a.length ^ b.length;
  for (let i = 0; i < size; i++) {
    const left = i < a.length ? a.charCodeAt(i) : 0;
    const right = i < b.length ? b.charCodeAt(i) : 0;
    difference |= left ^ right;
  }
  return difference == 0;
}

export function equalBytesInConstantTime(a: Uint8Array, b: Uint8Array): bool {
  const size = max(a.length, b.length);
  let difference = a.length ^ b.length;
  for (let i = 0; i < size; i++) {
    const left: i32 = i < a.length ? a[i] : 0;
    const right: i32 = i < b.length ? b[i] : 0;
    difference |= left ^ right;
  }
  return difference == 0;
}
