import { Policy, Reply, Request, Verdict } from "sluice/sdk";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { Sha256 } from "sluice/sdk/std/crypto/sha256";
import { Params } from "./params";

/** Whether a request was held already: its handler then runs a second time. */
class Held {
  done: bool = false;
}

/** Makes some requests slow or lets them fail, as Envoy's fault filter would. */
export class FaultInjection extends Policy<Params> {
  configure(): string | null {
    const p = this.params;
    return p.delay || p.abort ? null : "expected at least one of: delay, abort";
  }

  onRequestHeaders(request: Request): Verdict {
    if (!this.concerns(request)) return Verdict.Continue;
    const delay = this.params.delay;
    const abort = this.params.abort;
    const held = request.state<Held>();
    if (delay && !held.done && hits(request, "delay", delay.percentage)) {
      held.done = true;
      return request.after(delay.durationMs);
    }
    if (!abort || !hits(request, "abort", abort.percentage)) return Verdict.Continue;
    return request.respond(new Reply(abort.status).json('{"error":"Fault Injected"}'));
  }

  private concerns(request: Request): bool {
    const headers = this.params.headers;
    for (let i = 0; i < headers.length; i++) {
      const values = request.headers.all(headers[i].name);
      if (!values.length || values.join(",") != headers[i].value) return false;
    }
    return true;
  }
}

/** By chance, but the same for one request whenever it is asked: its id is thrown as the dice. */
function hits(request: Request, what: string, percentage: f64): bool {
  const id = request.attribute("request.id");
  const digest = new Sha256().of(encodeUtf8(what + (id === null ? "" : id)));
  const number = ((<u32>digest[0]) << 16) | ((<u32>digest[1]) << 8) | (<u32>digest[2]);
  return <f64>number < (percentage / 100.0) * <f64>(1 << 24);
}
