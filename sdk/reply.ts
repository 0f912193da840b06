/** An answer that a policy gives by itself, instead of the upstream. */
import { StreamType } from "./abi";
import { refuelMore } from "./engine/fuel";
import { stream } from "./engine/live";
import { Fact, Phase } from "./engine/stream";
import { proxy_close_stream, proxy_send_local_response } from "./env";
import { encodePairs, pairsSize, sendable } from "./hostcalls/pairs";
import { decimal, encode, written } from "./hostcalls/text";
import { quote } from "./params/json-string";

/** One text instead of a table: each string of a module costs 24 bytes beside its letters. */
const REASONS: string =
  "400Bad Request|401Unauthorized|402Payment Required|403Forbidden|404Not Found|405Method Not Allowed|" +
  "408Request Timeout|409Conflict|413Payload Too Large|415Unsupported Media Type|" +
  "422Unprocessable Entity|429Too Many Requests|431Request Header Fields Too Large|" +
  "500Internal Server Error|501Not Implemented|502Bad Gateway|503Service Unavailable|504Gateway Timeout|";

/** What a status says in words: the `error` of a reply's body. */
export function reason(status: i32): string {
  const code = decimal(status);
  const at = REASONS.indexOf(code);
  return at < 0 ? code : REASONS.substring(at + 3, REASONS.indexOf("|", at));
}

export class Reply {
  private headers: string[] = [];
  private text: string = "";
  private bytes: Uint8Array | null = null;
  private why: string = "";

  constructor(public status: i32) {}

  /** Adds a header; one that cannot stand in a header is left out when the reply is sent. */
  header(name: string, value: string): Reply {
    const pair: string[] = [name, value];
    if (sendable(pair)) {
      this.headers.push(name);
      this.headers.push(value);
    }
    return this;
  }

  /** The values of a header that it has. */
  all(name: string): string[] {
    const values: string[] = [];
    for (let i = 0; i < this.headers.length; i += 2) {
      if (this.headers[i].toLowerCase() == name) values.push(this.headers[i + 1]);
    }
    return values;
  }

  /** The body as it is; `header("content-type", …)` says what it is. */
  body(text: string): Reply {
    this.text = text;
    return this;
  }

  data(bytes: Uint8Array): Reply {
    this.bytes = bytes;
    return this;
  }

  /** A body of JSON text. */
  json(text: string): Reply {
    this.text = text;
    return this.header("content-type", "application/json");
  }

  /** `{"error":"Forbidden","message":…}`: how this gateway says no. */
  error(message: string): Reply {
    return this.json(
      '{"error":' + quote(reason(this.status)) + ',"message":' + quote(message) + "}",
    );
  }

  /** What the access log shows as the reason; never seen by the client. */
  because(details: string): Reply {
    this.why = details;
    return this;
  }

  /** Owned by the engine: the policy that answers, unless it gave a reason of its own. */
  by(policy: string): void {
    if (!this.why.length) this.why = "policy:" + policy;
  }

  /**
   * Owned by the engine: the request is answered with it, once. What is to be sent is made first: a fault on the way leaves
   * a request that is not answered yet.
   */
  send(): void {
    refuelMore(this.text.length);
    const pairs = encodePairs(this.headers);
    const size = pairs ? pairsSize : 0;
    const details = encode(this.why);
    const detailsSize = written;
    let body: usize;
    let bodySize: usize;
    const bytes = this.bytes;
    if (bytes !== null) {
      body = bytes.dataStart;
      bodySize = bytes.byteLength;
    } else {
      body = encode(this.text);
      bodySize = written;
    }
    const record = stream();
    const late = record.phase == Phase.ResponseChunk || record.phase == Phase.ResponseTrailers;
    const code = <u32>this.status;
    record.note(Fact.Replied);
    if (
      late ||
      proxy_send_local_response(code, details, detailsSize, body, bodySize, pairs, size, -1)
    ) {
      // Headers are out: all that is left is to end the stream, so that nothing more gets through.
      proxy_close_stream(StreamType.Response);
    }
  }
}
