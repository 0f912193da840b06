import { Exchange, Headers } from "sluice/sdk";
import { base64 } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonWriter } from "sluice/sdk/std/json/writer";

/** What the interceptor wants to see again with the next question, as JSON. */
export const CONTEXT: string = "interceptor-service:context";

/** What is kept of a request until it is answered. */
export class Asked {
  /** Members of JSON that are ready: `invocationContext`, headers, body. */
  invocation: string = "";
  headers: string = "";
  body: string = "";
}

/** Headers as an object; several values of one name stand in one text. */
export function headersText(headers: Headers): string {
  const writer = new JsonWriter();
  const written = new Set<string>();
  const names = headers.names();
  writer.beginObject();
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name.startsWith(":") || name.startsWith("x-sluice-") || written.has(name)) continue;
    written.add(name);
    writer.key(name);
    writer.text(headers.all(name).join(", "));
  }
  writer.endObject();
  return writer.finishText();
}

/** One question to the interceptor. */
export class Question {
  private writer: JsonWriter = new JsonWriter();

  constructor() {
    this.writer.beginObject();
  }

  /** A member whose value is JSON already; left out if there is none. */
  raw(key: string, json: string): void {
    if (!json.length) return;
    this.writer.key(key);
    this.writer.raw(encodeUtf8(json));
  }

  number(key: string, value: i32): void {
    this.writer.key(key);
    this.writer.integer(value);
  }

  bytes(key: string, value: Uint8Array): void {
    this.writer.key(key);
    this.writer.text(base64(value));
  }

  finish(exchange: Exchange): Uint8Array {
    const metadata = exchange.context.metadata;
    this.raw("interceptorContext", metadata.has(CONTEXT) ? metadata.get(CONTEXT) : "{}");
    this.writer.endObject();
    return this.writer.finish();
  }
}
