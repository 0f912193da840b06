import { Body, Policy, Request, Verdict } from "sluice/sdk";
import { RequestExpression } from "sluice/sdk/limits/expression";
import { ContentChoice } from "./content";
import { Params } from "./params";

/** Sends the request to one of the API's upstream definitions. */
export class DynamicEndpoint extends Policy<Params> {
  private conditions: RequestExpression[] = [];
  private content: ContentChoice | null = null;
  private readsBody: bool = false;

  configure(): string | null {
    const rules = this.params.rules;
    for (let i = 0; i < rules.length; i++) {
      const text = rules[i].condition;
      const problem = RequestExpression.problemOfCondition(text);
      if (problem !== null) return "rules[" + i.toString() + "].condition: " + problem;
      this.conditions.push(RequestExpression.compile(text)!);
      if (text.includes("Body")) this.readsBody = true;
    }
    const content = this.params.content;
    if (content === null) return null;
    const choice = new ContentChoice(content);
    this.content = choice;
    this.readsBody = true;
    return choice.problem;
  }

  takesRequestBody(): bool {
    return this.readsBody;
  }

  onRequestHeaders(request: Request): Verdict {
    return this.readsBody ? Verdict.Continue : this.choose(request, null);
  }

  onRequestBody(request: Request, body: Body): Verdict {
    return this.choose(request, body);
  }

  private choose(request: Request, body: Body | null): Verdict {
    let target: string | null = null;
    for (let i = 0; target === null && i < this.conditions.length; i++) {
      const holds = this.conditions[i].text();
      if (holds === null) return request.deny(500, "The upstream cannot be chosen");
      if (holds == "true") target = this.params.rules[i].targetUpstream;
    }
    const content = this.content;
    if (target === null && content !== null && body !== null) target = content.choose(body.bytes());
    if (target === null) target = this.params.targetUpstream;
    if (target !== null) request.toUpstream(target);
    return Verdict.Continue;
  }
}
