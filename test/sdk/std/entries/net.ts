export * from "./regions";
import { Cidr } from "../../../../sdk/std/net/cidr";
import { Cookies } from "../../../../sdk/std/net/cookies";
import { Glob } from "../../../../sdk/std/net/glob";
import { IpAddress } from "../../../../sdk/std/net/ip";
import { Query } from "../../../../sdk/std/net/query";
import { Url } from "../../../../sdk/std/net/url";
export { problemOfField } from "../../../../sdk/std/net/field";
export { joinPath, problemOfPath, problemOfTarget } from "../../../../sdk/std/net/path";
export { decodePercent, encodePercent } from "../../../../sdk/std/net/percent";

export function ip(text: string): string | null {
  const address = IpAddress.parse(text);
  return address === null ? null : address.toString();
}

export function ipWithPort(text: string): string | null {
  const address = IpAddress.parseWithPort(text);
  return address === null ? null : address.toString();
}

export function cidr(text: string): Cidr | null {
  return Cidr.parse(text);
}

export function contains(cidr: Cidr, text: string): bool {
  const address = IpAddress.parse(text);
  return address !== null && cidr.contains(address);
}

export function glob(pattern: string, separator: i32): Glob | null {
  return Glob.compile(pattern, separator);
}

export function globMatches(glob: Glob, text: string): bool {
  return glob.matches(text);
}

export function url(text: string): string | null {
  const url = Url.parse(text);
  if (url === null) return null;
  const query = url.query;
  const fragment = url.fragment;
  return [
    url.scheme,
    url.host,
    url.port.toString(),
    url.path,
    query === null ? "-" : query,
    fragment === null ? "-" : fragment,
  ].join(" ");
}

export function queryValues(text: string, name: string): string {
  const query = Query.parse(text);
  return query.has(name) ? "[" + query.all(name).join("|") + "]" : "none";
}

export function queryEdit(text: string, act: string, name: string, value: string): string {
  const query = Query.parse(text);
  if (act == "set") query.set(name, value);
  else if (act == "add") query.add(name, value);
  else query.remove(name);
  return query.toString();
}

export function cookie(header: string, name: string): string | null {
  return new Cookies(header).get(name);
}

export function cookiesWithout(header: string, name: string): string {
  return new Cookies(header).without(name);
}
