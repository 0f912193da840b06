import {
  Counter,
  Gauge,
  Histogram,
  Policy,
  Request,
  Response,
  Verdict,
  sign,
  verifySignature,
} from "sluice/sdk";
import { decodeBase64 } from "sluice/sdk/std/encoding/base64";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { Params } from "./params";

export class Teller extends Policy<Params> {
  requests: Counter = new Counter("teller_requests", "kind=any,zone=b");
  level: Gauge = new Gauge("teller_level");
  sizes: Histogram = new Histogram("teller_sizes", "kind=any");

  configure(): string | null {
    this.keep("Origin");
    this.keep(":path");
    return null;
  }

  onRequestHeaders(request: Request): Verdict {
    request.headers.set("origin", "changed");
    this.requests.add();
    this.level.set(7);
    this.sizes.record(3);
    const priv = decodeBase64(this.params.privateKey);
    const pub = decodeBase64(this.params.publicKey);
    if (priv !== null && pub !== null && priv.length) {
      const text = encodeUtf8("signed text");
      const signature = sign("sha256", priv, text);
      if (signature === null) return request.deny(500, "cannot sign");
      const good = verifySignature("sha256", pub, signature, text);
      signature[signature.length - 1] ^= 1;
      const bad = verifySignature("sha256", pub, signature, text);
      request.headers.set("x-signed", good.toString() + " " + bad.toString());
    }
    return Verdict.Continue;
  }

  onResponseHeaders(response: Response): Verdict {
    const origin = response.client("origin");
    response.headers.set("x-origin", origin === null ? "none" : origin);
    response.headers.set("x-path", response.client(":path")!);
    response.headers.set("x-unasked", (response.client("x-other") === null).toString());
    response.headers.set("x-count", this.requests.get().toString());
    return Verdict.Continue;
  }
}
