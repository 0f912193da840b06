import { Answer, Headers } from "sluice/sdk";
import { decodeBase64 } from "sluice/sdk/std/encoding/base64";
import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonKind, JsonValue } from "sluice/sdk/std/json/value";
import { problemOfField } from "sluice/sdk/std/net/field";

/** The interceptor's answer, read as a whole before anything of it is done. */
export class Advice {
  /** Why there is none that could be followed, null if there is one. */
  problem: string | null = null;
  directRespond: bool = false;
  /** 0 if it says none. */
  status: i32 = 0;
  /** Null: it stays as it is. */
  body: Uint8Array | null = null;
  path: string | null = null;
  upstream: string | null = null;
  /** JSON; null if it says nothing new. */
  context: string | null = null;
  added: string[] = [];
  replaced: string[] = [];
  removed: string[] = [];

  constructor(answer: Answer, mostBytes: i32) {
    if (answer.failed) this.problem = "the service cannot be reached in time";
    else if (answer.status != 200)
      this.problem = "the service answered " + answer.status.toString();
    else if (answer.length > mostBytes) this.problem = "the service's answer is too long";
    else if (answer.length) this.read(JsonText.read(answer.bytes(), new JsonLimits()));
  }

  private read(text: JsonText): void {
    const root = text.root;
    if (!text.valid) this.problem = "the service's answer is no JSON: " + text.error;
    else if (root.kind != JsonKind.Object) this.problem = "the service's answer is no object";
    if (this.problem !== null) return;
    const direct = root.get("directRespond");
    this.directRespond = direct !== null && direct.isTrue;
    this.status = this.statusOf(root.get("responseCode"));
    this.body = this.bytesOf(root.get("body"));
    this.path = textOf(root.get("pathToRewrite"));
    const endpoint = root.get("dynamicEndpoint");
    if (endpoint !== null) this.upstream = textOf(endpoint.get("endpointName"));
    const context = root.get("interceptorContext");
    if (context !== null && context.kind == JsonKind.Object) this.context = decodeUtf8(context.raw);
    this.added = this.pairsOf(root.get("headersToAdd"));
    this.replaced = this.pairsOf(root.get("headersToReplace"));
    const removed = root.get("headersToRemove");
    if (removed === null) return;
    const names = removed.members();
    while (names.next()) this.remove(textOf(names.value));
  }

  private statusOf(value: JsonValue | null): i32 {
    if (value === null || value.kind == JsonKind.Null) return 0;
    const status = value.integer;
    if (status >= 200 && status <= 599) return <i32>status;
    this.problem = "responseCode: expected 200 to 599";
    return 0;
  }

  private bytesOf(value: JsonValue | null): Uint8Array | null {
    const text = textOf(value);
    if (text === null) return null;
    const bytes = decodeBase64(text);
    if (bytes === null) this.problem = "body: is no base64";
    return bytes;
  }

  private pairsOf(value: JsonValue | null): string[] {
    const pairs: string[] = [];
    if (value === null) return pairs;
    const members = value.members();
    while (members.next()) {
      const name = members.key;
      const text = textOf(members.value);
      if (text === null) this.problem = "header " + name + ": expected a text";
      else if (this.allows(name, text)) {
        pairs.push(name);
        pairs.push(text);
      }
    }
    return pairs;
  }

  private remove(name: string | null): void {
    if (name === null) this.problem = "headersToRemove: expected texts";
    else if (this.allows(name, "")) this.removed.push(name);
  }

  private allows(name: string, value: string): bool {
    const problem = problemOfField(name, value);
    if (problem !== null) this.problem = problem;
    return problem === null;
  }

  applyTo(headers: Headers): void {
    for (let i = 0; i < this.removed.length; i++) headers.remove(this.removed[i]);
    for (let i = 0; i < this.replaced.length; i += 2) {
      headers.set(this.replaced[i], this.replaced[i + 1]);
    }
    for (let i = 0; i < this.added.length; i += 2) headers.append(this.added[i], this.added[i + 1]);
  }
}

function textOf(value: JsonValue | null): string | null {
  return value === null ? null : value.text;
}
