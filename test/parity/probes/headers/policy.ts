import { Answer, Exchange, Policy, Request, Response, Verdict } from "sluice/sdk";
import { onAnswer, onEnd, onRequest, onResponse, probe } from "../script/run";
import { Params } from "./params";

/** Acts on headers, calls out, answers by itself: as the request's script says. */
export class ProbeHeaders extends Policy<Params> {
  configure(): string | null {
    this.keep("x-case");
    this.keep("x-" + this.params.slot);
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    return onRequest(probe(request, this.params.slot), "q", request, null);
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    const me = probe(request, this.params.slot);
    onAnswer(me, request, answer);
    return onRequest(me, "a", request, null);
  }

  onResponseHeaders(response: Response): Verdict {
    return onResponse(probe(response, this.params.slot), "p", response, null);
  }

  onResponseAnswer(response: Response, answer: Answer): Verdict {
    const me = probe(response, this.params.slot);
    onAnswer(me, response, answer);
    return onResponse(me, "e", response, null);
  }

  onLog(exchange: Exchange): void {
    onEnd(probe(exchange, this.params.slot), exchange);
  }
}
