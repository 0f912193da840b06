import { Answer, GrpcCall, Policy, Request, Verdict } from "sluice/sdk";
import { Params } from "./params";

export class Caller extends Policy<Params> {
  onRequestHeaders(request: Request): Verdict {
    const message = new Uint8Array(3);
    message[0] = 0x0a;
    message[1] = 1;
    message[2] = 0x78;
    return request.callGrpc(
      new GrpcCall(this.params.cluster, "pets.Pets", "Get")
        .metadata("x-from", "policy")
        .send(message)
        .timeout(this.params.timeoutMs)
        .named(7),
    );
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    const status = answer.grpcStatus.toString();
    if (answer.failed) return request.deny(502, "gRPC status " + status);
    request.headers.set("x-answer", answer.tag.toString() + " " + status + " " + answer.text());
    return Verdict.Continue;
  }
}
