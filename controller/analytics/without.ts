/** An object without some of its fields, which are named as `client.ip`. Changes what it is given. */
export function without<T extends object>(value: T, fields: readonly string[]): T {
  for (const field of fields) {
    const path = field.split(".");
    const last = path.pop()!;
    const holder = path.reduce<unknown>(
      (at, key) => (isObject(at) ? (at as Record<string, unknown>)[key] : undefined),
      value,
    );
    if (isObject(holder)) delete (holder as Record<string, unknown>)[last];
  }
  return value;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
