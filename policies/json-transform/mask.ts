import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonKind, JsonValue } from "sluice/sdk/std/json/value";
import { jsonString } from "sluice/sdk/std/json/writer";

/** The value with all but its last characters hidden, as a string; null stays null. */
export function masked(value: JsonValue, stars: string, keepLast: i32): Uint8Array {
  if (value.kind == JsonKind.Null) return value.raw;
  return jsonString(stars + ending(value, keepLast));
}

function ending(value: JsonValue, keepLast: i32): string {
  const kind = value.kind;
  if (!keepLast || kind == JsonKind.Object || kind == JsonKind.Array) return "";
  const text = kind == JsonKind.String ? value.text : decodeUtf8(value.raw);
  if (text === null) return "";
  let from = text.length - min(keepLast, text.length >> 1);
  // Not through the middle of a character.
  if (from < text.length && (text.charCodeAt(from) & 0xfc00) == 0xdc00) from++;
  return text.substring(from);
}
