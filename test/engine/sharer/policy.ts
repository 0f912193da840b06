import {
  Policy,
  Reply,
  Request,
  SharedCache,
  SharedCounter,
  SharedWindow,
  Verdict,
} from "sluice/sdk";
import { Params } from "./params";

export class Sharer extends Policy<Params> {
  seen: SharedCounter = new SharedCounter("seen");
  window: SharedWindow = new SharedWindow("limit");
  cache: SharedCache = new SharedCache("texts", 16);

  onRequestHeaders(request: Request): Verdict {
    const path = request.pathname;
    if (path == "/count") return say(request, this.seen.add(1).toString());
    if (path == "/read") return say(request, this.seen.get().toString());
    if (path == "/take") {
      const left = this.window.take(request.query, 1, this.params.limit, 3600000, request.now);
      return left < 0 ? request.deny(429, "enough") : say(request, left.toString());
    }
    if (path.startsWith("/set/")) {
      return say(request, this.cache.set(path.substring(5), request.query, 60000).toString());
    }
    if (path.startsWith("/get/")) {
      const value = this.cache.get(path.substring(5));
      return value === null ? request.deny(404, "nothing kept") : say(request, value);
    }
    return Verdict.Continue;
  }
}

function say(request: Request, text: string): Verdict {
  return request.respond(new Reply(200).body(text));
}
