/**
 * What the service said: `{"result":true}`, or an object with `allow` and, for the client that is refused,
 * `status_code`, `headers` and `reason` or `body`. No result is how OPA says that the rule is not defined: a no.
 */
import { Answer, Reply } from "sluice/sdk";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonKind, JsonValue } from "sluice/sdk/std/json/value";

const MOST_BYTES: i32 = 65536;

export class Decision {
  /** Why there is none, `""` if there is. */
  problem: string = "";
  allows: bool = false;
  private details: JsonValue | null = null;

  constructor(answer: Answer) {
    if (answer.failed) this.problem = "did not answer";
    else if (answer.status != 200) this.problem = "answered " + answer.status.toString();
    else if (answer.length > MOST_BYTES) this.problem = "answered more than 65536 bytes";
    else this.read(answer.bytes());
  }

  private read(bytes: Uint8Array): void {
    const limits = new JsonLimits();
    limits.duplicateKeys = false;
    const text = JsonText.read(bytes, limits);
    if (!text.valid || text.root.kind != JsonKind.Object) {
      this.problem = "answered what is no JSON object";
      return;
    }
    const result = text.root.get("result");
    if (result === null) return;
    if (result.kind == JsonKind.Bool) {
      this.allows = result.isTrue;
      return;
    }
    const allow = result.get("allow");
    if (allow === null || allow.kind != JsonKind.Bool) {
      this.problem = 'answered a result that is neither true nor false and has no "allow" that is';
      return;
    }
    this.allows = allow.isTrue;
    this.details = result;
  }

  /** A header of the answer by its name in any case; null if the service gave none that is a text. */
  header(name: string): string | null {
    const details = this.details;
    const headers = details ? details.get("headers") : null;
    if (headers === null || headers.kind != JsonKind.Object) return null;
    const members = headers.members();
    while (members.next()) {
      if (members.key.toLowerCase() == name.toLowerCase()) return members.value.text;
    }
    return null;
  }

  /** The refusal: 403, unless the service says another status from 300 on. */
  reply(): Reply {
    const details = this.details;
    let status = 403;
    if (details === null) return new Reply(status).error("Access denied");
    const wanted = details.get("status_code");
    if (wanted && wanted.integer >= 300 && wanted.integer <= 599) status = <i32>wanted.integer;
    const reply = new Reply(status);
    const body = details.get("body");
    const reason = details.get("reason");
    const text = body ? body.text : null;
    const message = reason ? reason.text : null;
    if (text !== null) reply.body(text);
    else reply.error(message === null ? "Access denied" : message);
    const headers = details.get("headers");
    if (headers === null || headers.kind != JsonKind.Object) return reply;
    const members = headers.members();
    while (members.next()) {
      const value = members.value.text;
      if (value !== null && mayBeSent(members.key)) reply.header(members.key, value);
    }
    return reply;
  }
}

/** Not what frames the message, and not pseudo-headers: those are the gateway's. */
function mayBeSent(name: string): bool {
  const lower = name.toLowerCase();
  if (lower.startsWith(":") || lower == "content-length") return false;
  return lower != "transfer-encoding" && lower != "connection";
}
