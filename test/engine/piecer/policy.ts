import { Answer, Call, Chunk, Exchange, Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Piecer extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    return this.params.waits ? request.call(new Call("other", "GET", "/")) : Verdict.Continue;
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    return Verdict.Continue;
  }

  onRequestChunk(exchange: Exchange, chunk: Chunk): Verdict {
    chunk.replace(chunk.text().toUpperCase());
    return Verdict.Continue;
  }

  onResponseChunk(exchange: Exchange, chunk: Chunk): Verdict {
    chunk.replace(chunk.text().toUpperCase());
    return Verdict.Continue;
  }
}
