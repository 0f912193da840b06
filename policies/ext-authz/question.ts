/** What the service is asked: `{"input":{"request":…,"source":…,"identity":…}}`. */
import { Identity, Request } from "sluice/sdk";
import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonWriter } from "sluice/sdk/std/json/writer";
import { Query } from "sluice/sdk/std/net/query";

export function questionOf(
  request: Request,
  headers: string[],
  body: Uint8Array | null,
): Uint8Array {
  const out = new JsonWriter(1024);
  out.beginObject();
  out.key("input");
  out.beginObject();
  out.key("request");
  out.beginObject();
  field(out, "method", request.method);
  field(out, "scheme", request.scheme);
  field(out, "host", request.host);
  field(out, "path", request.pathname);
  out.key("query");
  writeQuery(out, request.query);
  out.key("headers");
  writeHeaders(out, request, headers);
  if (body) {
    out.key("body");
    writeBody(out, body);
  }
  out.endObject();
  const address = request.attribute("source.address");
  if (address !== null) {
    out.key("source");
    out.beginObject();
    field(out, "address", address);
    out.endObject();
  }
  const caller = request.context.identity;
  if (caller) {
    out.key("identity");
    writeIdentity(out, caller);
  }
  out.endObject();
  out.endObject();
  return out.finish();
}

function field(out: JsonWriter, name: string, value: string): void {
  out.key(name);
  out.text(value);
}

function listField(out: JsonWriter, name: string, values: string[]): void {
  out.key(name);
  out.beginArray();
  for (let i = 0; i < values.length; i++) out.text(values[i]);
  out.endArray();
}

/** Each name with all its values; the path as it came is not decoded, the query is. */
function writeQuery(out: JsonWriter, text: string): void {
  const query = Query.parse(text);
  const seen = new Set<string>();
  out.beginObject();
  for (let i = 0; i < query.length; i++) {
    const name = query.nameAt(i);
    if (name === null || seen.has(name)) continue;
    seen.add(name);
    listField(out, name, query.all(name));
  }
  out.endObject();
}

function writeHeaders(out: JsonWriter, request: Request, wanted: string[]): void {
  const all = wanted.length > 0 && wanted[0] == "*";
  const names = all ? request.headers.names() : wanted;
  const seen = new Set<string>();
  out.beginObject();
  for (let i = 0; i < names.length; i++) {
    const name = names[i].toLowerCase();
    if (name.startsWith(":") || seen.has(name)) continue;
    seen.add(name);
    const values = request.headers.all(name);
    if (values.length) field(out, name, values.join(","));
  }
  out.endObject();
}

function writeBody(out: JsonWriter, body: Uint8Array): void {
  const limits = new JsonLimits();
  // Of a key that stands twice the service might read the other one: it gets the text.
  limits.duplicateKeys = false;
  if (JsonText.read(body, limits).valid) return out.raw(body);
  const text = decodeUtf8(body);
  if (text === null) out.nil();
  else out.text(text);
}

function writeIdentity(out: JsonWriter, caller: Identity): void {
  out.beginObject();
  field(out, "type", caller.kind);
  field(out, "subject", caller.subject);
  field(out, "issuer", caller.issuer);
  field(out, "consumer", caller.consumer);
  listField(out, "audience", caller.audience);
  listField(out, "scopes", caller.scopes);
  listField(out, "groups", caller.groups);
  out.key("properties");
  out.beginObject();
  const keys = caller.properties.keys();
  for (let i = 0; i < keys.length; i++) field(out, keys[i], caller.properties.get(keys[i]));
  out.endObject();
  out.endObject();
}
