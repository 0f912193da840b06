import { Place, Policy, Request, Verdict } from "sluice/sdk";
import { Query } from "sluice/sdk/std/net/query";
import { Test } from "./condition";
import { Condition, Params } from "./params";
import { PathChange } from "./path-rewrite";
import { QueryChange } from "./query-rewrite";

/** Changes path, query and method on the way to the upstream. */
export class RequestRewrite extends Policy<Params> {
  private headers: Test[] = [];
  private parameters: Test[] = [];
  private path: PathChange | null = null;
  private query: QueryChange[] = [];
  private problem: string | null = null;

  configure(): string | null {
    const match = this.params.match;
    if (match !== null) {
      this.headers = this.tests(match.headers, "match.headers");
      this.parameters = this.tests(match.queryParams, "match.queryParams");
    }
    const path = this.params.pathRewrite;
    if (path !== null) {
      const change = new PathChange(path, Place.find());
      this.note("pathRewrite", change.problem);
      this.path = change;
    }
    const query = this.params.queryRewrite;
    for (let i = 0; query !== null && i < query.rules.length; i++) {
      const change = new QueryChange(query.rules[i]);
      this.note("queryRewrite.rules[" + i.toString() + "]", change.problem);
      this.query.push(change);
    }
    return this.problem;
  }

  private tests(conditions: Condition[], field: string): Test[] {
    const tests: Test[] = [];
    for (let i = 0; i < conditions.length; i++) {
      const test = new Test(conditions[i]);
      this.note(field + "[" + i.toString() + "].value", test.problem);
      tests.push(test);
    }
    return tests;
  }

  private note(field: string, problem: string | null): void {
    if (problem !== null && this.problem === null) this.problem = field + ": " + problem;
  }

  onRequestHeaders(request: Request): Verdict {
    if (!this.applies(request)) return Verdict.Continue;
    const made = this.rewritten(request);
    if (made === null) return request.deny(400, "The path or query cannot be rewritten");
    if (made != request.path) request.path = made;
    const method = this.params.methodRewrite;
    if (method !== null && request.method != "HEAD") request.method = method;
    return Verdict.Continue;
  }

  private applies(request: Request): bool {
    for (let i = 0; i < this.headers.length; i++) {
      if (!this.headers[i].holds(request.header(this.headers[i].name))) return false;
    }
    for (let i = 0; i < this.parameters.length; i++) {
      if (!this.parameters[i].holds(request.parameter(this.parameters[i].name))) return false;
    }
    return true;
  }

  /** Path and query; null if they could not go upstream. */
  private rewritten(request: Request): string | null {
    const change = this.path;
    const path = change === null ? request.pathname : change.apply(request.pathname);
    if (path === null) return null;
    const query = this.query.length ? Query.parse(request.query) : null;
    for (let i = 0; query !== null && i < this.query.length; i++) {
      if (!this.query[i].apply(query)) return null;
    }
    const text = query === null ? request.query : query.toString();
    return text.length ? path + "?" + text : path;
  }
}
