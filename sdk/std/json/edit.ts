/**
 * Changes values of a checked text in place: everything else stays byte for byte as it was. The edits
 * are kept and written in one pass; two that touch the same bytes make the result null.
 */
import { Bytes } from "../encoding/bytes";
import { closingQuote } from "./string";
import { JsonText } from "./text";
import { JsonKind, JsonValue } from "./value";
import { writeString } from "./writer";

enum Act {
  Replace,
  Remove,
  Prepend,
  Append,
}

class Edit {
  constructor(
    readonly act: Act,
    readonly start: usize,
    readonly end: usize,
    readonly bytes: Uint8Array | null,
    readonly key: string | null,
    readonly order: i32,
  ) {}
}

export class JsonEdit {
  private edits: Edit[] = [];

  constructor(private text: JsonText) {}

  /** `json` must be a value of JSON. */
  replace(value: JsonValue, json: Uint8Array): void {
    this.add(Act.Replace, value.start, value.end, json, null);
  }

  /** Gives a member another key; an item of an array has none and stays. */
  rename(value: JsonValue, key: string): void {
    const start = value.keyStart;
    if (start) this.add(Act.Replace, start, closingQuote(start + 1) + 1, null, key);
  }

  /** Takes a member or an item out. The whole text cannot be taken out: it becomes null. */
  remove(value: JsonValue): void {
    if (value.start == this.text.root.start) {
      this.replace(value, JsonValue.nothing().raw);
      return;
    }
    this.add(Act.Remove, value.keyStart ? value.keyStart : value.start, value.end, null, null);
  }

  /** A new member at the end of an object. A key that is there already stays: replace its value. */
  insert(object: JsonValue, key: string, json: Uint8Array): void {
    if (object.kind != JsonKind.Object) return;
    this.add(Act.Append, object.end - 1, object.end - 1, json, key);
  }

  append(array: JsonValue, json: Uint8Array): void {
    if (array.kind != JsonKind.Array) return;
    this.add(Act.Append, array.end - 1, array.end - 1, json, null);
  }

  /** New first item; of several, the one asked for first comes first. */
  prepend(array: JsonValue, json: Uint8Array): void {
    if (array.kind != JsonKind.Array) return;
    this.add(Act.Prepend, array.start + 1, array.start + 1, json, null);
  }

  private add(
    act: Act,
    start: usize,
    end: usize,
    json: Uint8Array | null,
    key: string | null,
  ): void {
    this.edits.push(new Edit(act, start, end, json, key, this.edits.length));
  }

  /** The changed text; null if edits overlap or the text has an error. */
  apply(): Uint8Array | null {
    const bytes = this.text.bytes;
    if (!this.text.valid) return null;
    if (!this.edits.length) return bytes;
    this.edits.sort(byPlace);
    const end = bytes.dataStart + <usize>bytes.byteLength;
    const out = new Bytes(bytes.byteLength + 64);
    let p = bytes.dataStart;
    for (let i = 0; i < this.edits.length; i++) {
      const edit = this.edits[i];
      if (edit.start < p) return null;
      out.copy(p, edit.start - p);
      p = edit.end;
      if (edit.act == Act.Remove) p = removed(out, p, end);
      else if (edit.act == Act.Prepend) prepended(out, edit, p, end);
      else {
        if (edit.act == Act.Append) separate(out);
        put(out, edit);
      }
    }
    out.copy(p, end - p);
    return out.finish();
  }
}

function byPlace(a: Edit, b: Edit): i32 {
  if (a.start != b.start) return a.start < b.start ? -1 : 1;
  return a.order - b.order;
}

function put(out: Bytes, edit: Edit): void {
  const key = edit.key;
  const json = edit.bytes;
  if (key !== null) {
    writeString(key, out);
    if (json !== null) out.byte(0x3a);
  }
  if (json !== null) out.add(json);
}

/** A comma, unless what was written last opens the object or array. */
function separate(out: Bytes): void {
  trim(out);
  const last = out.last();
  if (last != 0x7b && last != 0x5b && last != 0x2c) out.byte(0x2c);
}

function prepended(out: Bytes, edit: Edit, p: usize, end: usize): void {
  separate(out);
  put(out, edit);
  while (p < end && load<u8>(p) <= 0x20) p++;
  if (p < end && load<u8>(p) != 0x5d) out.byte(0x2c);
}

/** After a removal: past the comma that follows, or without the comma before. */
function removed(out: Bytes, p: usize, end: usize): usize {
  let q = p;
  while (q < end && load<u8>(q) <= 0x20) q++;
  if (q < end && load<u8>(q) == 0x2c) {
    q++;
    while (q < end && load<u8>(q) <= 0x20) q++;
    return q;
  }
  trim(out);
  if (out.last() == 0x2c) out.drop();
  return p;
}

function trim(out: Bytes): void {
  while (out.length && out.last() <= 0x20) out.drop();
}
