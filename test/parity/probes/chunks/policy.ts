import { Chunk, Exchange, Policy, Request, Response, Verdict } from "sluice/sdk";
import { onChunk, onEnd, onRequest, onResponse, probe } from "../script/run";
import { Params } from "./params";

/** Acts on headers and on bodies as they flow: as the request's script says. */
export class ProbeChunks extends Policy<Params> {
  configure(): string | null {
    this.keep("x-case");
    this.keep("x-" + this.params.slot);
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    return onRequest(probe(request, this.params.slot), "q", request, null);
  }

  onRequestChunk(exchange: Exchange, chunk: Chunk): Verdict {
    return onChunk(probe(exchange, this.params.slot), "c", exchange, chunk);
  }

  onResponseHeaders(response: Response): Verdict {
    return onResponse(probe(response, this.params.slot), "p", response, null);
  }

  onResponseChunk(exchange: Exchange, chunk: Chunk): Verdict {
    return onChunk(probe(exchange, this.params.slot), "k", exchange, chunk);
  }

  onLog(exchange: Exchange): void {
    onEnd(probe(exchange, this.params.slot), exchange);
  }
}
