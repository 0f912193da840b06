import { Body, Policy, Request, Verdict } from "sluice/sdk";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonText } from "sluice/sdk/std/json/text";
import { Params } from "./params";

/** Refuses JSON bodies that are broken or larger, deeper or wider than allowed. */
export class JsonThreat extends Policy<Params> {
  private limits: JsonLimits = new JsonLimits();

  configure(): string | null {
    const p = this.params;
    const limits = this.limits;
    limits.depth = p.maxDepth;
    limits.members = p.maxPropertyCount;
    limits.keyBytes = p.maxKeyLength;
    limits.stringBytes = p.maxStringLength;
    limits.numberBytes = p.maxNumberLength;
    limits.items = p.maxArrayElementCount;
    limits.duplicateKeys = p.allowDuplicateKeys;
    return null;
  }

  /** What says itself that it is too large need not be waited for. */
  onRequestHeaders(request: Request): Verdict {
    if (!this.concerns(request)) return Verdict.Continue;
    if (request.headers.has("content-encoding")) {
      return request.deny(415, "The request body must not be compressed");
    }
    const announced = request.header("content-length");
    const tooLarge = announced !== null && I64.parseInt(announced) > <i64>this.params.maxBodyBytes;
    return tooLarge ? this.refuseSize(request) : Verdict.Continue;
  }

  onRequestBody(request: Request, body: Body): Verdict {
    const size = body.length;
    if (!size || !this.concerns(request)) return Verdict.Continue;
    if (size > this.params.maxBodyBytes) return this.refuseSize(request);
    const error = JsonText.read(body.bytes(), this.limits).error;
    return error.length ? request.deny(400, "The request body has " + error) : Verdict.Continue;
  }

  private refuseSize(request: Request): Verdict {
    const most = this.params.maxBodyBytes.toString();
    return request.deny(413, "The request body is larger than " + most + " bytes");
  }

  /** Without a type an upstream may guess; JSON is then what it would be guessed to be. */
  private concerns(request: Request): bool {
    if (this.params.contentTypes == "any") return true;
    const types = request.headers.all("content-type");
    for (let i = 0; i < types.length; i++) if (mayBeJson(types[i])) return true;
    return types.length == 0;
  }
}

/** `application/json`, `text/json`, `application/problem+json`; generous, as some servers are. */
function mayBeJson(type: string): bool {
  return !type.trim().length || type.toLowerCase().includes("json");
}
