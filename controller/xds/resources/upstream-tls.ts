/** TLS to an upstream: its name is verified, against the gateway's trust unless an authority is given. */
import { isIP } from "node:net";
import { fromAds } from "./from-ads.ts";
import { upstreamTrust } from "./secret.ts";
import { any, type JsonObject } from "../protos.ts";
import type { UpstreamTls } from "../../model/upstream-tls.ts";

export function upstreamTls(host: string, tls: UpstreamTls | null): JsonObject {
  const name = tls?.serverName ?? host;
  const context: JsonObject = { tls_params: { tls_minimum_protocol_version: "TLSv1_2" } };
  if (tls?.clientCertificate)
    context["tls_certificates"] = [
      {
        certificate_chain: { inline_string: tls.clientCertificate },
        private_key: { inline_string: tls.clientKey! },
      },
    ];
  if (!tls?.insecureSkipVerify) {
    const names = {
      match_typed_subject_alt_names: [
        { san_type: isIP(name) ? "IP_ADDRESS" : "DNS", matcher: { exact: name } },
      ],
    };
    if (tls?.certificateAuthority)
      context["validation_context"] = {
        trusted_ca: { inline_string: tls.certificateAuthority },
        ...names,
      };
    else
      context["combined_validation_context"] = {
        default_validation_context: names,
        validation_context_sds_secret_config: { name: upstreamTrust, sds_config: fromAds },
      };
  }
  return {
    name: "tls",
    typed_config: any("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
      ...(isIP(name) ? {} : { sni: name }),
      common_tls_context: context,
    }),
  };
}
