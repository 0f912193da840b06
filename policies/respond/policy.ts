import { Policy, Reply, Request, Verdict } from "sluice/sdk";
import { problemOfField } from "sluice/sdk/std/net/field";
import { Params } from "./params";

/** Answers in place of the upstream. */
export class Respond extends Policy<Params> {
  configure(): string | null {
    const status = this.params.statusCode;
    if (status < 200) return "statusCode: " + status.toString() + " is no final answer";
    const headers = this.params.headers;
    for (let i = 0; i < headers.length; i++) {
      const problem = problemOfField(headers[i].name, headers[i].value);
      if (problem !== null) return "headers[" + i.toString() + "]: " + problem;
    }
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    const status = this.params.statusCode;
    const answer = new Reply(status);
    const headers = this.params.headers;
    for (let i = 0; i < headers.length; i++) answer.header(headers[i].name, headers[i].value);
    if (status != 204 && status != 205 && status != 304) answer.body(this.params.body);
    return request.respond(answer);
  }
}
