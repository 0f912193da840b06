import { Chunk, Exchange, Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

/** How much of a body has come. */
class Counted {
  bytes: i64 = 0;
  /** True if what comes is no body: Envoy leaves this header only where the connection is to change. */
  upgrades: bool = false;
}

/** Refuses requests whose body is larger than it may be. */
export class RequestSizeLimit extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const lengths = request.headers.all("content-length");
    for (let i = 0; i < lengths.length; i++) {
      if (announces(lengths[i], this.params.maxBytes)) return this.refuse(request);
    }
    if (request.header("upgrade") !== null) request.state<Counted>().upgrades = true;
    return Verdict.Continue;
  }

  onRequestChunk(exchange: Exchange, chunk: Chunk): Verdict {
    const counted = exchange.state<Counted>();
    if (counted.upgrades) return Verdict.Continue;
    counted.bytes += chunk.length;
    return counted.bytes > this.params.maxBytes ? this.refuse(exchange) : Verdict.Continue;
  }

  private refuse(exchange: Exchange): Verdict {
    const most = this.params.maxBytes.toString();
    return exchange.deny(413, "The request body is larger than " + most + " bytes");
  }
}

/** True if the length is too large, also for a number. What is no number Envoy refuses by itself. */
function announces(length: string, most: i64): bool {
  const digits = length.trim();
  return digits.length > 18 || I64.parseInt(digits) > most;
}
