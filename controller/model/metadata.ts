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
      // eslint-disable-next-line no-control-regex
      pattern: /^[^\s/}\u0000-\u001f\u007f]+$/,
      says: "must not have whitespace, /, } or control characters",
    });
  for (const [key, value] of metadata.at("labels").entries()) {
    if (/\s/.test(key)) value.fail(`must not have whitespace in its name, found ${quote(key)}`);
    value.text({ min: 0 });
  }
  for (const [, value] of metadata.at("annotations").entries()) value.text({ min: 0 });
  metadata.done();
  return name ?? "";
}
