/** What a body must be before a schema is asked, and the schema. */
import { Request, Verdict } from "sluice/sdk";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonText } from "sluice/sdk/std/json/text";
import { Glob } from "sluice/sdk/std/net/glob";
import { JsonSchema } from "sluice/sdk/std/schema/schema";
import { Body as BodyParams } from "./params";

export class BodyRules {
  problem: string = "";
  private types: Glob[] = [];
  private limits: JsonLimits = new JsonLimits();

  constructor(
    private params: BodyParams,
    private schema: JsonSchema | null,
  ) {
    this.limits.depth = params.maxDepth;
    // Of two equal keys one would be checked, and the upstream might use the other.
    this.limits.duplicateKeys = false;
    for (let i = 0; i < params.contentTypes.length; i++) {
      const glob = Glob.compile(params.contentTypes[i].toLowerCase(), 0);
      if (glob) this.types.push(glob);
      else this.problem = "body.contentTypes[" + i.toString() + "]: is not a pattern of types";
    }
  }

  /** What can be said before the body is here. */
  admit(request: Request): Verdict {
    const length = request.header("content-length");
    const size = length === null ? 0 : I64.parseInt(length);
    return size > 0 ? this.admitBody(request, size) : Verdict.Continue;
  }

  admitBody(request: Request, size: i64): Verdict {
    if (request.headers.has("content-encoding")) {
      return request.deny(415, "The request body must not be compressed");
    }
    const types = request.headers.all("content-type");
    if (types.length != 1 || !this.accepts(mediaType(types[0]))) {
      return request.deny(
        415,
        "The request body must be of the type " + this.params.contentTypes.join(" or "),
      );
    }
    if (size <= <i64>this.params.maxBytes) return Verdict.Continue;
    const most = this.params.maxBytes.toString();
    return request.deny(413, "The request body is larger than " + most + " bytes");
  }

  private accepts(type: string): bool {
    for (let i = 0; i < this.types.length; i++) if (this.types[i].matches(type)) return true;
    return false;
  }

  /** Whether there should be a body. */
  misses(request: Request): bool {
    const method = request.method;
    return this.params.required && (method == "POST" || method == "PUT" || method == "PATCH");
  }

  /** With a schema every body is read as JSON, whatever it calls itself. */
  check(request: Request, bytes: Uint8Array): string {
    const schema = this.schema;
    if (!schema && !mediaType(request.header("content-type")!).endsWith("json")) return "";
    const text = JsonText.read(bytes, this.limits);
    if (!text.valid) return "has " + text.error;
    return schema ? schema.validate(text) : "";
  }
}

/** Without parameters, in lower case. */
function mediaType(type: string): string {
  const end = type.indexOf(";");
  return (end < 0 ? type : type.substring(0, end)).trim().toLowerCase();
}
