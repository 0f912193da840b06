/**
 * Files that a policy's section of the gateway's configuration names: the authority of a service's certificate, or a text
 * that belongs in another parameter. Read here, so that chains hold neither paths nor what only Envoy's clusters need.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { reason } from "../../errors.ts";
import type { UpstreamTls } from "../../model/upstream-tls.ts";
import { serviceCluster } from "../../translate/services.ts";

export interface FileProperty {
  $ref?: string;
  type?: string;
  items?: FileProperty;
  properties?: Record<string, FileProperty>;
  "x-sluice-service"?: boolean;
  /** A PEM file: who signs the certificate of the service beside it. */
  "x-sluice-authority"?: boolean;
  /** True: the certificate of the service beside it is not verified. */
  "x-sluice-insecure"?: boolean;
  /** A file whose text becomes the value of the parameter of this name beside it. */
  "x-sluice-text-of"?: string;
}

/** By the name of a service's cluster. */
export type ServiceTrust = ReadonlyMap<string, UpstreamTls>;

export interface ServiceFiles {
  trust: ServiceTrust;
  /** Field and what is wrong. */
  problems: [field: string, message: string][];
}

/** Changes `values`: what is read or for clusters alone is no longer in it. */
export function takeServiceFiles(
  values: Record<string, unknown>,
  schema: FileProperty,
  $defs: Record<string, FileProperty>,
): ServiceFiles {
  const trust = new Map<string, UpstreamTls>();
  const problems: ServiceFiles["problems"] = [];
  const text = (path: string, field: string): string | null => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      problems.push([field, `expected a file that can be read: ${reason(error)}`]);
      return null;
    }
  };
  const visit = (value: unknown, given: FileProperty, field: string): void => {
    const found = given.$ref
      ? ($defs[given.$ref.slice(given.$ref.lastIndexOf("/") + 1)] ?? {})
      : given;
    if (Array.isArray(value))
      return value.forEach((item, i) => visit(item, found.items ?? {}, `${field}[${i}]`));
    if (typeof value !== "object" || value === null) return;
    const object = value as Record<string, unknown>;
    const tls = { ...plainTls };
    let service = "";
    for (const [key, property] of Object.entries(found.properties ?? {})) {
      const own = object[key];
      const at = `${field}.${key}`;
      if (own === undefined) continue;
      if (property["x-sluice-service"]) service = String(own);
      else if (property["x-sluice-authority"]) {
        delete object[key];
        tls.certificateAuthority = text(String(own), at);
        const wrong =
          tls.certificateAuthority === null ? null : noCertificate(tls.certificateAuthority);
        if (wrong !== null) problems.push([at, `expected certificates in PEM: ${wrong}`]);
      } else if (property["x-sluice-insecure"]) {
        delete object[key];
        tls.insecureSkipVerify = own === true;
      } else if (property["x-sluice-text-of"]) {
        const target = property["x-sluice-text-of"];
        delete object[key];
        if (target in object) problems.push([at, `expected no ${target} beside it`]);
        else object[target] = text(String(own), at) ?? "";
      } else visit(own, property, at);
    }
    if (tls.certificateAuthority === null && !tls.insecureSkipVerify) return;
    const { name } = serviceCluster(service, { connectTimeoutMs: 0 }) ?? {};
    if (name === undefined || !name.startsWith("out|https|"))
      problems.push([field, "expected an https URL where its certificate is spoken of"]);
    else if (trust.has(name) && JSON.stringify(trust.get(name)) !== JSON.stringify(tls))
      problems.push([field, "the same host and port stand elsewhere with another trust"]);
    else trust.set(name, tls);
  };
  visit(values, schema, "");
  return { trust, problems };
}

const plainTls: UpstreamTls = {
  serverName: null,
  certificateAuthority: null,
  clientCertificate: null,
  clientKey: null,
  insecureSkipVerify: false,
};

function noCertificate(pem: string): string | null {
  try {
    return new X509Certificate(pem) && null;
  } catch (error) {
    return reason(error);
  }
}
