import { Body, Policy, Request, Verdict } from "sluice/sdk";
import { JsonSchema } from "sluice/sdk/std/schema/schema";
import { BodyRules } from "./body";
import { Fields, headersOf, queryOf } from "./fields";
import { Params } from "./params";

/** Lets a request through only if its body, query and headers are as their schemas want them. */
export class RequestValidation extends Policy<Params> {
  private body: BodyRules | null = null;
  private query: Fields | null = null;
  private headers: Fields | null = null;

  configure(): string | null {
    const p = this.params;
    const body = p.body;
    const query = p.query;
    const headers = p.headers;
    if (!body && !query && !headers) return "expected at least one of: body, query, headers";
    if (body) {
      const schema = body.schema.length ? JsonSchema.compile(body.schema, p.documents) : null;
      if (schema && schema.problem.length) return "body.schema: " + schema.problem;
      const rules = new BodyRules(body, schema);
      if (rules.problem.length) return rules.problem;
      this.body = rules;
    }
    if (query) {
      const fields = new Fields(query.schema, p.documents, false);
      if (fields.problem.length) return "query.schema: " + fields.problem;
      this.query = fields;
    }
    if (headers) {
      const fields = new Fields(headers.schema, p.documents, true);
      if (fields.problem.length) return "headers.schema: " + fields.problem;
      this.headers = fields;
    }
    return null;
  }

  takesRequestBody(): bool {
    return this.body !== null;
  }

  onRequestHeaders(request: Request): Verdict {
    const headers = this.headers;
    if (headers) {
      const error = headers.check(headersOf(request));
      if (error.length) return this.refuse(request, "headers", error);
    }
    const query = this.query;
    if (query) {
      const values = queryOf(request);
      if (!values)
        return request.deny(400, "The query is not valid or has more than 256 parameters");
      const error = query.check(values);
      if (error.length) return this.refuse(request, "query", error);
    }
    const body = this.body;
    return body ? body.admit(request) : Verdict.Continue;
  }

  onRequestBody(request: Request, body: Body): Verdict {
    const rules = this.body!;
    const size = body.length;
    if (!size) {
      if (!rules.misses(request)) return Verdict.Continue;
      return this.refuse(request, "body", "is required");
    }
    // Asked again, because a body may come unannounced.
    const admitted = rules.admitBody(request, size);
    if (admitted != Verdict.Continue) return admitted;
    const error = rules.check(request, body.bytes());
    return error.length ? this.refuse(request, "body", error) : Verdict.Continue;
  }

  private refuse(request: Request, what: string, error: string): Verdict {
    const message = this.params.message;
    const separator = error.startsWith("/") ? "" : " ";
    return request.deny(this.params.status, message.length ? message : what + separator + error);
  }
}
