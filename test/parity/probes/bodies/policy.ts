import { Answer, Body, Exchange, Policy, Request, Response, Verdict } from "sluice/sdk";
import { onAnswer, onEnd, onRequest, onResponse, probe } from "../script/run";
import { Params } from "./params";

/** Acts on headers and whole bodies: as the request's script says. */
export class ProbeBodies extends Policy<Params> {
  configure(): string | null {
    this.keep("x-case");
    this.keep("x-" + this.params.slot);
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    return onRequest(probe(request, this.params.slot), "q", request, null);
  }

  onRequestBody(request: Request, body: Body): Verdict {
    return onRequest(probe(request, this.params.slot), "b", request, body);
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    const me = probe(request, this.params.slot);
    onAnswer(me, request, answer);
    return onRequest(me, "a", request, null);
  }

  onResponseHeaders(response: Response): Verdict {
    return onResponse(probe(response, this.params.slot), "p", response, null);
  }

  onResponseBody(response: Response, body: Body): Verdict {
    return onResponse(probe(response, this.params.slot), "d", response, body);
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
