import { Body, Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class BodyRefuser extends Policy<Params> {
  onRequestBody(request: Request, body: Body): Verdict {
    const text = body.text();
    if (text == "bad") return request.deny(400, "a bad body");
    assert(text != "broken", "a broken body");
    return Verdict.Continue;
  }
}
