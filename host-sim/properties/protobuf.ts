/** As much of protobuf's wire format as foreign functions and metadata need. */
export type Field = [number: number, value: Uint8Array | bigint];

/** Null if the bytes are no message. */
export function fields(bytes: Uint8Array): Field[] | null {
  const found: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError();
  };
  try {
    while (at < bytes.length) {
      const tag = Number(varint());
      const number = tag >>> 3;
      if (number === 0) return null;
      const wire = tag & 7;
      if (wire === 0) found.push([number, varint()]);
      else if (wire === 1 || wire === 5) {
        const value = wire === 1 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
        found.push([number, value]);
        at += wire === 1 ? 8 : 4;
      } else if (wire === 2) {
        const size = Number(varint());
        if (at + size > bytes.length) return null;
        found.push([number, bytes.subarray(at, at + size)]);
        at += size;
      } else return null;
    }
  } catch {
    return null;
  }
  return found;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest > 127 ? 0x80 : 0));
    if (rest <= 127) return bytes;
  }
}

export const bytesField = (number: number, value: Uint8Array | string): Buffer => {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([
    Buffer.from(varint(number * 8 + 2)),
    Buffer.from(varint(bytes.length)),
    bytes,
  ]);
};

export const intField = (number: number, value: number): Buffer =>
  Buffer.from([...varint(number * 8), ...varint(value)]);

const doubleField = (number: number, value: number): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes[0] = number * 8 + 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
};

/** A map from names to messages, the field `number` of its owner. */
const mapField = (number: number, entries: [string, Buffer][]): Buffer =>
  Buffer.concat(
    entries.map(([key, value]) =>
      bytesField(number, Buffer.concat([bytesField(1, key), bytesField(2, value)])),
    ),
  );

export const struct = (value: Record<string, unknown>): Buffer =>
  mapField(
    1,
    Object.entries(value).map(([key, one]) => [key, structValue(one)]),
  );

function structValue(value: unknown): Buffer {
  if (value === null || value === undefined) return intField(1, 0);
  if (typeof value === "number") return doubleField(2, value);
  if (typeof value === "string") return bytesField(3, value);
  if (typeof value === "boolean") return intField(4, value ? 1 : 0);
  if (Array.isArray(value))
    return bytesField(6, Buffer.concat(value.map((one) => bytesField(1, structValue(one)))));
  return bytesField(5, struct(value as Record<string, unknown>));
}

/** `envoy.config.core.v3.Metadata`. */
export const metadataMessage = (metadata: Record<string, Record<string, unknown>>): Buffer =>
  mapField(
    1,
    Object.entries(metadata).map(([key, value]) => [key, struct(value)]),
  );
