/** How bodies of the API are read that are no documents: what is wrong with them is told all at once. */
import { UserError } from "../errors.ts";
import { Reader } from "../model/reader.ts";

/** Throws a UserError that names every field that is wrong. Nothing sent is an empty object. */
export function readBody<T>(sent: unknown, read: (body: Reader) => T): T {
  const body = new Reader(sent ?? {}, "");
  body.isObject();
  const found = read(body);
  refuseFaults(body);
  return found;
}

function refuseFaults({ findings }: Reader): void {
  if (findings.errors.length > 0)
    throw new UserError("Configuration validation failed", findings.errors);
}

/** The feed separates its fields with a control character, and the parts of an id with another. */
export const plain = {
  ...{ min: 1, max: 255 },
  // eslint-disable-next-line no-control-regex
  pattern: /^[^\u0000-\u001f\u007f]*$/,
  says: "must not have control characters",
};

/** A key, token or password: no message may show what was sent. */
export function readRaw(reader: Reader, min: number, max: number): string | null {
  const letters = /^[\x21-\x7e]+$/;
  const shape = { type: "string", minLength: min, maxLength: max, pattern: letters.source };
  const value = reader.expects(shape).raw();
  if (reader.absent) return null;
  if (typeof value !== "string" || value.length < min || value.length > max)
    reader.fail(`must be a text of ${min} to ${max} characters`);
  else if (!letters.test(value))
    reader.fail("must have visible ASCII characters only, as a header's value has");
  else return value;
  return null;
}
