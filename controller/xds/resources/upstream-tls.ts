/** TLS to an upstream: its name is verified, against the machine's trust unless an authority is given. */
import { isIP } from "node:net";
import { any, type JsonObject } from "../protos.ts";
import type { UpstreamTls } from "../../model/upstream-settings.ts";

const systemTrust = "/etc/ssl/certs/ca-certificates.crt";

export function upstreamTls(host: string, tls: UpstreamTls | null): JsonObject {
  const name = tls?.serverName ?? host;
  const trusted: JsonObject = tls?.certificateAuthority
    ? { inline_string: tls.certificateAuthority }
    : { filename: systemTrust };
  const context: JsonObject = { tls_params: { tls_minimum_protocol_version: "TLSv1_2" } };
  if (tls?.clientCertificate)
    context["tls_certificates"] = [
      {
        certificate_chain: { inline_string: tls.clientCertificate },
        private_key: { inline_string: tls.clientKey! },
      },
    ];
  if (!tls?.insecureSkipVerify)
    context["validation_context"] = {
      trusted_ca: trusted,
      match_typed_subject_alt_names: [
        { san_type: isIP(name) ? "IP_ADDRESS" : "DNS", matcher: { exact: name } },
      ],
    };
  return {
    name: "tls",
    typed_config: any("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
      ...(isIP(name) ? {} : { sni: name }),
      common_tls_context: context,
    }),
  };
}
