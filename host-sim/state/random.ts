/** Seeded randomness, so that a run can be repeated. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

export function uuid(random: Random): string {
  const word = (): number => Math.floor(random() * 0x100000000);
  const [a, b, c, d] = [word(), word(), word(), word()];
  const version = hex((b & 0xfff) | 0x4000, 4);
  const variant = hex(((c >>> 16) & 0x3fff) | 0x8000, 4);
  return `${hex(a, 8)}-${hex(b >>> 16, 4)}-${version}-${variant}-${hex(c & 0xffff, 4)}${hex(d, 8)}`;
}
