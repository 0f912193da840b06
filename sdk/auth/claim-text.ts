/** Values of claims as text: for identities and for headers. */
import { decodeUtf8 } from "../std/encoding/utf8";
import { JsonKind, JsonMembers, JsonValue } from "../std/json/value";

/** A text as it is, anything else as its JSON. */
export function claimText(value: JsonValue): string {
  const text = value.text;
  if (text !== null) return text;
  const raw = decodeUtf8(value.raw);
  return raw === null ? "" : raw;
}

/**
 * What can stand in a header: control characters become spaces. Items of an array stand with commas
 * between, as JSON if an item has one itself: it must not pass for two.
 */
export function headerText(value: JsonValue): string {
  if (value.kind != JsonKind.Array) return printable(claimText(value));
  let list = "";
  const items: JsonMembers = value.members();
  while (items.next()) {
    const item = claimText(items.value);
    if (item.indexOf(",") >= 0) return printable(claimText(value));
    list += list.length ? "," + item : item;
  }
  return printable(list);
}

function printable(text: string): string {
  let clean = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x20 && unit != 0x7f) continue;
    clean += text.substring(from, i) + " ";
    from = i + 1;
  }
  return from ? clean + text.substring(from) : text;
}
