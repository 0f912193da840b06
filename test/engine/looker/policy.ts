import { Policy, Request, Response, Verdict } from "sluice/sdk";
import { findConsumer, findKey, isRevoked, whenFed } from "sluice/sdk/feed";
import { Params } from "./params";

export class Looker extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const waits = whenFed(request);
    if (waits != Verdict.Continue) return waits;
    if (request.headers.has("x-crash")) throw new Error("crash");
    const raw = request.header("x-key");
    if (raw === null) return request.deny(401, "no key");
    if (isRevoked("issuer", raw)) return request.deny(401, "revoked");
    const key = findKey(this.params.api, raw);
    if (key === null) return request.deny(401, "unknown key");
    const consumer = findConsumer(key.consumer);
    request.headers.set("x-owner", key.owner);
    if (consumer !== null) request.headers.set("x-groups", consumer.groups.join("+"));
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    if (this.params.badge.length) response.headers.set("x-badge", this.params.badge);
    return Verdict.Continue;
  }
}
