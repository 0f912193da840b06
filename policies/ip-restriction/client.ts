/**
 * Who the client is. The gateway's own view is Envoy's `source.address`, which already follows the
 * listener's trusted hops. Beyond it X-Forwarded-For counts only as far as trusted proxies wrote it: from
 * its end back to the first address that is none of theirs. What stands before that anyone can write.
 */
import { Request } from "sluice/sdk";
import { IpAddress } from "sluice/sdk/std/net/ip";
import { Networks } from "./networks";

/** Null if an address that counts cannot be read: a proxy that is trusted would have written a right one. */
export function clientAddress(request: Request, trusted: Networks): IpAddress | null {
  const source = request.attribute("source.address");
  let address = IpAddress.parseWithPort(source === null ? "" : source);
  if (trusted.isEmpty) return address;
  const hops = request.headers.all("x-forwarded-for").join(",");
  let end = hops.length;
  while (end > 0 && address !== null && trusted.contain(address)) {
    const comma = hops.lastIndexOf(",", end - 1);
    address = IpAddress.parseWithPort(hops.substring(comma + 1, end).trim());
    end = comma;
  }
  return address;
}
