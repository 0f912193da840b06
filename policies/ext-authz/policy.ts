import { Answer, Body, Call, LogLevel, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { Decision } from "./decision";
import { questionOf } from "./question";
import { Params } from "./params";

const TYPE: string = "application/json";

/** Asks a service whether a request may go on. Only a clear yes is one. */
export class ExtAuthz extends Policy<Params> {
  takesRequestBody(): bool {
    return this.params.withBody;
  }

  onRequestHeaders(request: Request): Verdict {
    return this.params.withBody ? Verdict.Continue : this.ask(request, null);
  }

  onRequestBody(request: Request, body: Body): Verdict {
    const most = this.params.maxBodyBytes;
    if (body.length <= most) return this.ask(request, body.bytes());
    return request.deny(413, "The request body is larger than " + most.toString() + " bytes");
  }

  private ask(request: Request, body: Uint8Array | null): Verdict {
    const p = this.params;
    const call = Call.to(p.url, "POST").header("content-type", TYPE).header("accept", TYPE);
    if (p.token.length) call.header("authorization", "Bearer " + p.token);
    call.sendBytes(questionOf(request, p.headers, body)).timeout(<u32>p.timeoutMs);
    return request.call(call);
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    const decision = new Decision(answer);
    if (decision.problem.length) return this.withoutAnswer(request, decision.problem);
    if (!decision.allows) return request.respond(decision.reply());
    this.sendUpstream(request, decision);
    return Verdict.Continue;
  }

  private withoutAnswer(request: Request, problem: string): Verdict {
    const open = this.params.failureMode == "open";
    const then = open ? "; the request goes on" : "; the request is refused";
    request.log(LogLevel.Error, "the authorization service " + problem + then);
    if (!open) {
      return request.respond(new Reply(503).error("The authorization service is unavailable"));
    }
    this.sendUpstream(request, null);
    return Verdict.Continue;
  }

  /** The upstream believes these headers, so none of them may be the client's. */
  private sendUpstream(request: Request, decision: Decision | null): void {
    const names = this.params.sendHeadersUpstream;
    for (let i = 0; i < names.length; i++) {
      const value = decision ? decision.header(names[i]) : null;
      request.headers.remove(names[i]);
      if (value !== null) request.headers.set(names[i], value);
    }
  }
}
