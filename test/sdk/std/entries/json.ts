export * from "./regions";
import { Bytes } from "../../../../sdk/std/encoding/bytes";
import { encodeUtf8 } from "../../../../sdk/std/encoding/utf8";
import { JsonEdit } from "../../../../sdk/std/json/edit";
import { JsonLimits } from "../../../../sdk/std/json/limits";
import { JsonPath } from "../../../../sdk/std/json/path";
import { JsonText } from "../../../../sdk/std/json/text";
import { JsonKind, JsonValue } from "../../../../sdk/std/json/value";
import { jsonString, JsonWriter } from "../../../../sdk/std/json/writer";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

export function errorOf(bytes: Uint8Array): string {
  return JsonText.read(bytes, new JsonLimits()).error;
}

export function errorUnder(
  bytes: Uint8Array,
  depth: i32,
  members: i32,
  items: i32,
  stringBytes: i32,
  keyBytes: i32,
): string {
  const limits = new JsonLimits();
  limits.depth = depth;
  limits.members = members;
  limits.items = items;
  limits.stringBytes = stringBytes;
  limits.keyBytes = keyBytes;
  limits.duplicateKeys = false;
  return JsonText.read(bytes, limits).error;
}

/** Reads everything with views and writes it again. */
export function rewrite(bytes: Uint8Array): string {
  const text = JsonText.read(bytes, new JsonLimits());
  const out = new JsonWriter();
  copy(text.root, out);
  return out.finishText();
}

function copy(value: JsonValue, out: JsonWriter): void {
  const kind = value.kind;
  if (kind == JsonKind.Object) {
    out.beginObject();
    const members = value.members();
    while (members.next()) {
      out.key(members.key);
      copy(members.value, out);
    }
    out.endObject();
  } else if (kind == JsonKind.Array) {
    out.beginArray();
    const items = value.members();
    while (items.next()) copy(items.value, out);
    out.endArray();
  } else if (kind == JsonKind.String) {
    const text = value.text;
    out.text(text === null ? "" : text);
  } else if (kind == JsonKind.Bool) out.bool(value.isTrue);
  else if (kind == JsonKind.Null) out.nil();
  else if (value.isInteger) out.integer(value.integer);
  else out.number(value.number);
}

export function number(text: string): f64 {
  return JsonText.readText(text, new JsonLimits()).root.number;
}

export function quoted(text: string): Uint8Array {
  return jsonString(text);
}

export function path(path: string): JsonPath {
  return JsonPath.parse(path);
}

export function pathError(path: string): string {
  return JsonPath.parse(path).error;
}

export function find(path: JsonPath, bytes: Uint8Array, most: i32): string {
  const found = path.all(JsonText.read(bytes, new JsonLimits()), most);
  const out = new Bytes(64);
  for (let i = 0; i < found.length; i++) {
    if (i) out.byte(0x20);
    out.add(found[i].raw);
  }
  return out.finishText();
}

/** One command a line: `remove <path>`, `replace|append|prepend <path> <json>`, `rename|insert <path> <key> <json>`. */
export function edit(bytes: Uint8Array, commands: string): string | null {
  const text = JsonText.read(bytes, new JsonLimits());
  const edit = new JsonEdit(text);
  const lines = commands.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const words = lines[i].split(" ");
    const found = JsonPath.parse(words[1]).all(text, 1000000);
    for (let k = 0; k < found.length; k++) {
      const value = found[k];
      if (words[0] == "remove") edit.remove(value);
      else if (words[0] == "replace") edit.replace(value, encodeUtf8(words[2]));
      else if (words[0] == "append") edit.append(value, encodeUtf8(words[2]));
      else if (words[0] == "prepend") edit.prepend(value, encodeUtf8(words[2]));
      else if (words[0] == "rename") edit.rename(value, words[2]);
      else edit.insert(value, words[2], encodeUtf8(words[3]));
    }
  }
  const result = edit.apply();
  return result === null ? null : String.UTF8.decode(result.slice().buffer);
}
