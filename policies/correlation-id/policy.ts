import { Policy, Request, Response, Verdict } from "sluice/sdk";
import { problemOfField } from "sluice/sdk/std/net/field";
import { Params } from "./params";

const LONGEST: i32 = 128;
const MARKS: string = "._~:/+=@-";

class Id {
  text: string = "";
}

/** Gives each request an id. */
export class CorrelationId extends Policy<Params> {
  configure(): string | null {
    const problem = problemOfField(this.params.header, "");
    return problem === null ? null : "header: " + problem;
  }

  onRequestHeaders(request: Request): Verdict {
    const sent = this.params.acceptFromClient ? request.header(this.params.header) : null;
    const id = sent !== null && isId(sent) ? sent : fresh(request);
    request.headers.set(this.params.header, id);
    request.context.metadata.set("correlation-id", id);
    request.state<Id>().text = id;
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    const id = response.state<Id>().text;
    if (this.params.echo && id.length) response.headers.set(this.params.header, id);
    return Verdict.Continue;
  }
}

/** The gateway's own id of the request: a UUID that no client has a say in. */
function fresh(request: Request): string {
  const id = request.attribute("request.id");
  return id === null ? request.now.toString() : id;
}

function isId(text: string): bool {
  if (!text.length || text.length > LONGEST) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = <u32>text.charCodeAt(i);
    const plain = (unit | 0x20) - 0x61 < 26 || unit - 0x30 < 10;
    if (!plain && !MARKS.includes(String.fromCharCode(unit))) return false;
  }
  return true;
}
