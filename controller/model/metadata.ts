/** `metadata`, which is the same for every kind of document. */
import { quote, type Reader } from "./reader.ts";

/** Returns the name, which is the document's handle. */
export function readMetadata(metadata: Reader): string {
  metadata.required();
  metadata.isObject();
  const name = metadata
    .at("name")
    .required()
    .text({
      max: 255,
      // No URL has a . or .. at its end, and so none would lead to a document of that name.
      // Cf are characters that nobody sees, some of which turn what a terminal shows of a name around.
      pattern: /^(?!\.{1,2}$)[^\s/}\p{Cc}\p{Cf}]+$/u,
      says: "must not have whitespace, /, } or control characters, nor be . or ..",
    });
  for (const [key, value] of metadata.at("labels").entries()) {
    if (/\s/.test(key)) value.fail(`must not have whitespace in its name, found ${quote(key)}`);
    value.text({ min: 0 });
  }
  for (const [, value] of metadata.at("annotations").entries()) value.text({ min: 0 });
  metadata.done();
  return name ?? "";
}
