import { Body, Headers } from "sluice/sdk";
import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonWriter } from "sluice/sdk/std/json/writer";

/** Headers of the gateway's own: they say nothing of the message. */
const OWN: string = "x-sluice-";

/** The headers as an object, several values of one name in one text. */
export function writeHeaders(
  line: JsonWriter,
  headers: Headers,
  excluded: string[],
  masked: string[],
): void {
  line.key("headers");
  line.beginObject();
  const written = new Set<string>();
  const names = headers.names();
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name.startsWith(":") || name.startsWith(OWN)) continue;
    if (written.has(name) || excluded.includes(name)) continue;
    written.add(name);
    line.key(name);
    line.text(masked.includes(name) ? "***" : headers.all(name).join(", "));
  }
  line.endObject();
}

/** At most `most` bytes of the body; of one that is no text, its length alone. */
export function writePayload(line: JsonWriter, body: Body, most: i32): void {
  const bytes = body.bytes();
  const size = bytes.byteLength;
  let end = min(size, most);
  // Not through the middle of a character.
  while (end < size && end > 0 && (bytes[end] & 0xc0) == 0x80) end--;
  const text = decodeUtf8(bytes.subarray(0, end));
  line.key("payload");
  if (text === null) line.nil();
  else line.text(text);
  if (text !== null && end == size) return;
  line.key("payload-bytes");
  line.integer(size);
}
