/** A value of the property tree, and the bytes in which a module gets it. */
import { toByteString } from "../bytes.ts";
import { encodePairs } from "../wasm/memory.ts";
import { struct } from "./protobuf.ts";

/**
 * A string is a byte string; a bigint is one of Envoy's 64-bit integers, a number its double. A `Branch` is a map or a
 * message: it has parts, and perhaps bytes of its own.
 */
export type Value = string | bigint | number | boolean | null | Value[] | Branch;

export interface Branch {
  part(name: string): Value | undefined;
  /** A map shows itself as pairs. */
  entries?(): [string, Value][];
  /** The parts that a message may have. */
  names?(): string[];
  /** A message shows itself in its wire format. */
  message?(): Uint8Array;
}

export const isBranch = (value: Value): value is Branch =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A message or map whose parts are computed when asked for. */
export const branch = (
  parts: Record<string, () => Value | undefined>,
  message?: () => Uint8Array,
): Branch => ({
  part: (name) => (Object.hasOwn(parts, name) ? parts[name]!() : undefined),
  names: () => Object.keys(parts),
  ...(message && { message }),
});

export const map = (entries: () => [string, Value][]): Branch => ({
  part: (name) => entries().find(([key]) => key === name)?.[1],
  entries,
});

/** Plain JSON, as `google.protobuf.Struct` holds it. */
export function fromJson(json: unknown): Value {
  if (typeof json === "string") return toByteString(json);
  if (typeof json === "number" || typeof json === "boolean") return json;
  if (json === null || json === undefined) return null;
  if (Array.isArray(json)) return json.map(fromJson);
  const record = json as Record<string, unknown>;
  return {
    part: (name) => (Object.hasOwn(record, name) ? fromJson(record[name]) : undefined),
    entries: () => Object.entries(record).map(([key, one]) => [toByteString(key), fromJson(one)]),
    message: () => struct(record),
  };
}

/** Null if a value has no form in bytes. */
export function serialize(value: Value): string | Uint8Array | null {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt.asIntN(64, value));
    return bytes;
  }
  if (typeof value === "number") {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  }
  if (typeof value === "boolean") return value ? "\x01" : "\x00";
  if (value === null) return null;
  if (Array.isArray(value)) return pairsOf(value.map((one) => [serializeText(one), ""]));
  if (value.entries) return pairsOf(value.entries().map(([key, one]) => [key, serializeText(one)]));
  return value.message ? value.message() : null;
}

function serializeText(value: Value): string {
  const bytes = serialize(value);
  if (bytes === null) return "";
  return typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("latin1");
}

/** Unlike a header map, an empty map is a block that says 0. */
const pairsOf = (pairs: [string, string][]): Uint8Array =>
  pairs.length ? encodePairs(pairs) : new Uint8Array(4);
