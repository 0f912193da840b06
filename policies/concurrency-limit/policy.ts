import { Exchange, Place, Policy, Request, SharedLeases, Verdict } from "sluice/sdk";
import { Key } from "sluice/sdk/limits/key/key";
import { KeyReader } from "sluice/sdk/limits/key/read";
import { Problems } from "sluice/sdk/limits/problems";
import { Refusal } from "sluice/sdk/limits/refusal";
import { scopeOf } from "sluice/sdk/limits/scope";
import { answerWith } from "sluice/sdk/limits/settings";
import { Params } from "./params";

/** What a request holds while it is under way. */
class Held {
  key: string | null = null;
}

/** Lets so many requests be under way at the same time. */
export class ConcurrencyLimit extends Policy<Params> {
  leases: SharedLeases = new SharedLeases("concurrency");
  scope: string = "";
  key: Key = new Key([]);
  refusal: Refusal = new Refusal("Too many requests at the same time. Please try again later.");

  configure(): string | null {
    const params = this.params;
    const problems = new Problems();
    const place = Place.find();
    const parts = params.keyExtraction;
    const keys = new KeyReader(place, params.clientAddress == "forwarded", problems);
    if (parts.length) this.key = keys.read(parts, "keyExtraction");
    const apiWide = KeyReader.isApiWide(parts);
    this.scope = scopeOf(place, params.name, apiWide, params.scope == "gateway") + "\0";
    answerWith(this.refusal, params.onLimitExceeded);
    this.tickMs = 1000;
    return problems.first;
  }

  onRequestHeaders(request: Request): Verdict {
    const text = this.key.of(request);
    if (text === null) return Verdict.Continue;
    const key = this.scope + text;
    if (this.leases.take(key, this.params.limit) < 0) {
      return request.respond(this.refusal.reply().header("retry-after", "1"));
    }
    request.state<Held>().key = key;
    return Verdict.Continue;
  }

  /** Comes however the request ends; not if the worker dies, and then what it held is forgotten. */
  onLog(exchange: Exchange): void {
    const key = exchange.state<Held>().key;
    if (key !== null) this.leases.give(key);
  }

  onTick(): void {
    this.leases.keep();
  }
}
