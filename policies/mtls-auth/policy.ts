import { Identity, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { accept, reject } from "sluice/sdk/auth/outcome";
import { Credential, findCredential, identifyConsumer, whenFed } from "sluice/sdk/feed";
import { Certificate } from "./certificate";
import { Demands } from "./demands";
import { Params } from "./params";

/** Lets a request through whose client has shown a certificate that is good here. */
export class MtlsAuth extends Policy<Params> {
  private demands!: Demands;

  configure(): string | null {
    this.demands = new Demands(this.params);
    return this.demands.problem;
  }

  onRequestHeaders(request: Request): Verdict {
    if (!Certificate.isShown(request)) return this.refuse(request, "there is no certificate");
    const certificate = Certificate.shown(request);
    if (!this.demands.meets(certificate)) {
      return this.refuse(request, "its certificate is not one of those that are good");
    }
    if (!this.params.consumers) return this.admit(request, certificate, "");
    const fed = whenFed(request);
    if (fed != Verdict.Continue) return fed;
    const found: Credential | null = findCredential("mtls", certificate.fingerprint);
    if (found === null) return this.refuse(request, "its certificate is nobody's");
    return this.admit(request, certificate, found.consumer);
  }

  private admit(request: Request, certificate: Certificate, consumer: string): Verdict {
    const identity = new Identity();
    identity.kind = "mtls";
    identity.subject = certificate.subject;
    identity.credentialId = certificate.fingerprint;
    identity.properties.set("commonName", certificate.commonName);
    identity.properties.set("uriSan", certificate.uriSan);
    identity.properties.set("dnsSan", certificate.dnsSan);
    identifyConsumer(identity, consumer);
    this.tell(request, certificate);
    accept(request, identity);
    return Verdict.Continue;
  }

  /** One answer for every cause: it tells nothing about which certificates are good. */
  private refuse(request: Request, why: string): Verdict {
    reject(request, "mtls", why);
    if (!this.params.allowUnauthenticated) {
      return request.respond(new Reply(401).error("Valid client certificate required"));
    }
    this.tell(request, new Certificate());
    return Verdict.Continue;
  }

  private tell(request: Request, certificate: Certificate): void {
    const headers = this.params.certificateHeaders;
    if (headers === null) return;
    tellIn(request, headers.subject, certificate.subject);
    tellIn(request, headers.commonName, certificate.commonName);
    tellIn(request, headers.uriSan, certificate.uriSan);
    tellIn(request, headers.dnsSan, certificate.dnsSan);
    tellIn(request, headers.fingerprint, certificate.fingerprint);
  }
}

/** What has no place in a header is not told; neither is what the client sent there. */
function tellIn(request: Request, header: string | null, value: string): void {
  if (header === null) return;
  request.headers.remove(header);
  if (value.length && isVisible(value)) request.headers.set(header, value);
}

function isVisible(value: string): bool {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) < 0x20 || value.charCodeAt(i) == 0x7f) return false;
  }
  return true;
}
