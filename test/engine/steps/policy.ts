import {
  Answer,
  Body,
  Call,
  Exchange,
  LogLevel,
  Policy,
  Reply,
  Request,
  Response,
  Verdict,
} from "sluice/sdk";
import { Params } from "./params";

/** What one policy keeps of one request. */
class Seen {
  path: string = "";
  answers: string[] = [];
}

/** Marks each phase in a header, and does what the phase's parameter says: deny, call, fail, replace. */
export class Steps extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    request.state<Seen>().path = request.path;
    request.context.metadata.set(this.params.mark, request.method);
    request.headers.append("x-way", this.params.mark + "1");
    return this.step(this.params.requestHeaders, request);
  }

  onRequestBody(request: Request, body: Body): Verdict {
    request.headers.append("x-way", this.params.mark + "2:" + body.length.toString());
    if (this.params.requestBody == "upper") body.replace(body.text().toUpperCase());
    if (this.params.requestBody == "append") body.append("+" + this.params.mark);
    return this.step(this.params.requestBody, request);
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    request.state<Seen>().answers.push(answer.status.toString() + ":" + answer.text());
    const seen = request.state<Seen>().answers;
    if (this.params.requestHeaders == "call-twice" && seen.length < 2) return Verdict.Pause;
    request.headers.append("x-way", this.params.mark + "!" + seen.join(","));
    return answer.failed ? request.deny(503, "no answer") : Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    response.headers.append("x-way", this.params.mark + "3:" + response.state<Seen>().path);
    if (this.params.responseHeaders == "deny") return response.deny(502, "not this answer");
    if (this.params.responseHeaders == "call")
      return response.call(new Call("other", "GET", "/late"));
    return Verdict.Continue;
  }

  onResponseBody(response: Response, body: Body): Verdict {
    response.headers.append("x-way", this.params.mark + "4:" + body.length.toString());
    if (this.params.responseBody == "upper") body.replace(body.text().toUpperCase());
    if (this.params.responseBody == "deny") return response.deny(502, "not this body");
    return Verdict.Continue;
  }

  onResponseAnswer(response: Response, answer: Answer): Verdict {
    response.headers.append("x-way", this.params.mark + "!" + answer.status.toString());
    return Verdict.Continue;
  }

  onLog(exchange: Exchange): void {
    exchange.log(LogLevel.Info, "logged " + exchange.state<Seen>().path);
  }

  private step(what: string, request: Request): Verdict {
    if (what == "deny") return request.deny(403, "told to deny");
    if (what == "respond")
      return request.respond(new Reply(201).header("x-own", "1").body("made here"));
    if (what == "forget") request.deny(403, "denied, but the verdict was lost");
    if (what == "call") return request.call(new Call("other", "GET", "/ask").timeout(1000));
    if (what == "call-unknown") return request.call(new Call("nowhere", "GET", "/ask"));
    if (what == "call-twice") {
      request.call(new Call("other", "GET", "/one").named(1));
      return request.call(new Call("other", "GET", "/two").named(2));
    }
    return Verdict.Continue;
  }
}
