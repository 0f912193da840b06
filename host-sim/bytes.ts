/**
 * Inside the simulator text is a *byte string*: one character per byte, as Envoy keeps it and as node:http shows
 * headers. Only the edges of the test API turn it into Unicode.
 */
const wide = /[^\x00-\x7f]/;

/** Unicode text as a byte string in UTF-8. */
export const toByteString = (text: string): string =>
  wide.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;

/** What a byte string says when it is read as UTF-8. */
export const toText = (bytes: string): string =>
  wide.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export const bytesOf = (value: string | Uint8Array): Uint8Array =>
  typeof value === "string" ? Buffer.from(value, "utf8") : value;

export const rawBytes = (byteString: string): Uint8Array => Buffer.from(byteString, "latin1");

/** A test's header value: bytes if each character is one, else UTF-8. */
export const headerBytes = (value: string): string =>
  /[^\x00-\xff]/.test(value) ? toByteString(value) : value;
