/**
 * Addresses that no API may send requests to: the gateway's own ports, of which Envoy's admin and others ask nobody who
 * they are because only this machine reaches them, and networks that the configuration denies, as those where clouds
 * answer machines with their credentials. Names are not resolved: what a name leads to is the resolver's matter.
 */
import { BlockList, isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { allowList } from "../people/door/networks.ts";
import type { Ports } from "../options.ts";
import type { TargetResource } from "./targets.ts";

export interface Denied {
  /** Ports of this machine. */
  ports: ReadonlySet<number>;
  /** Those of them that nothing but their address guards: no name may be used with them, wherever it leads. */
  unguarded: ReadonlySet<number>;
  networks: readonly string[];
}

/** Where clouds answer a machine about itself. */
export const metadataNetworks = ["169.254.0.0/16", "fe80::/10", "fd00:ec2::/32"];

export function deniedBy(ports: Ports, networks: readonly string[] = metadataNetworks): Denied {
  const { http: _, https: __, ...own } = ports;
  const used = (list: readonly (number | null)[]) => new Set(list.flatMap((port) => port || []));
  const unguarded = used([ports.envoyAdmin, ports.xds]);
  return { networks, unguarded, ports: used(Object.values(own)) };
}

/** Why a target may not be used; null when it may. */
export function deniedTarget(denied: Denied): (resource: TargetResource) => string | null {
  const isDenied = allowList(denied.networks);
  const addresses = ownAddresses();
  const reasonFor = ({ address, port_value: port }: SocketAddress): string | null => {
    const host = address.toLowerCase().replace(/\.$/, "");
    const place = `${address}:${port}`;
    if (isDenied(host))
      return `must not lead to ${place}, which router.upstream.denied_networks has`;
    if (denied.ports.has(port) && isOwn(host, addresses))
      return `must not lead to ${place}, a port of the gateway itself`;
    if (denied.unguarded.has(port) && isIP(host) === 0)
      return `must not lead to ${place}: the gateway has a port ${port} itself, and a name could lead there`;
    return null;
  };
  return ({ body }) => {
    for (const address of socketAddresses(body)) {
      const reason = reasonFor(address);
      if (reason !== null) return reason;
    }
    return null;
  };
}

interface SocketAddress {
  address: string;
  port_value: number;
}

function socketAddresses(value: unknown): SocketAddress[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === "socket_address" ? [one as SocketAddress] : socketAddresses(one),
  );
}

/** Loopback, and the addresses that mean every one of this machine. */
function ownAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet("127.0.0.0", 8, "ipv4");
  list.addSubnet("0.0.0.0", 8, "ipv4");
  for (const address of ["::1", "::"]) list.addAddress(address, "ipv6");
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((one) => one ?? []))
    list.addAddress(address, family === "IPv4" ? "ipv4" : "ipv6");
  return list;
}

/** An IPv4 address within one of IPv6 is checked as what it is by the list itself. */
function isOwn(host: string, own: BlockList): boolean {
  const family = isIP(host);
  if (family !== 0) return own.check(host, family === 4 ? "ipv4" : "ipv6");
  return host === "localhost" || host.endsWith(".localhost") || host === hostname().toLowerCase();
}
