import { decodeBase64 } from "sluice/sdk/std/encoding/base64";

/** `Signature keyId="…",algorithm="…",headers="…",signature="…"`, as in draft-cavage-http-signatures. */
export class Signature {
  keyId: string = "";
  algorithm: string = "";
  headers: string[] = [];
  bytes: Uint8Array = new Uint8Array(0);

  /** Null if something is missing, stands twice or is not understood. */
  static parse(sent: string): Signature | null {
    const scheme = "signature ";
    if (sent.length > 8192 || sent.substring(0, scheme.length).toLowerCase() != scheme) return null;
    const fields = fieldsOf(sent.substring(scheme.length));
    if (fields === null || fields.size != 4) return null;
    if (!fields.has("keyId") || !fields.has("algorithm")) return null;
    if (!fields.has("headers") || !fields.has("signature")) return null;
    const bytes = decodeBase64(fields.get("signature"));
    if (bytes === null) return null;
    const signature = new Signature();
    signature.keyId = fields.get("keyId");
    signature.algorithm = fields.get("algorithm");
    signature.headers = fields.get("headers").toLowerCase().split(" ");
    signature.bytes = bytes;
    return signature;
  }
}

/** `name="value"` with commas between; null for anything else, escapes included. */
function fieldsOf(text: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    while (at < text.length && text.charCodeAt(at) == 0x20) at++;
    const equals = text.indexOf('="', at);
    if (equals < 0) return null;
    const end = text.indexOf('"', equals + 2);
    if (end < 0) return null;
    const name = text.substring(at, equals);
    const value = text.substring(equals + 2, end);
    if (fields.has(name) || value.indexOf("\\") >= 0) return null;
    fields.set(name, value);
    at = end + 1;
    if (at == text.length) return fields;
    if (text.charCodeAt(at) != 0x2c) return null;
    at++;
  }
  return null;
}
