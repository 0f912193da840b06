/** What is known of who is connected with whom, whatever is spoken between them. */
import type { Connection } from "../http/connection.ts";
import type { RootContext } from "../wasm/root.ts";
import { bytesField } from "./protobuf.ts";
import { branch, fromJson, type Branch } from "./value.ts";

export const address = (host: string, port: number): Branch =>
  branch({ address: () => `${host}:${port}`, port: () => BigInt(port) });

export const connection = ({ tls, certificate }: Connection): Branch =>
  branch({
    id: () => 0n,
    mtls: () => certificate !== null,
    requested_server_name: () => "",
    ...(tls && {
      tls_version: () => "TLSv1.3",
      subject_peer_certificate: () => certificate?.subject ?? "",
      sha256_peer_certificate_digest: () => certificate?.sha256 ?? "",
      uri_san_peer_certificate: () => certificate?.uriSan,
      dns_san_peer_certificate: () => certificate?.dnsSan,
    }),
  });

export function node(root: RootContext): Branch {
  const { id, cluster } = root.vm.host.node;
  return branch({ id: () => id, cluster: () => cluster, metadata: () => fromJson({}) }, () =>
    Buffer.concat([bytesField(1, id), bytesField(2, cluster)]),
  );
}
