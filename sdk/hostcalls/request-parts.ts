/**
 * Parts of a request that lie inside of one header. A file of its own, because the compiler does not
 * find `./std/…` from a file that lies beside `std/`.
 */
import { Cookies } from "../std/net/cookies";
import { Query } from "../std/net/query";

/** The first value of a query parameter, decoded. */
export function parameterOf(query: string, name: string): string | null {
  return Query.parse(query).get(name);
}

export function cookieOf(header: string, name: string): string | null {
  return new Cookies(header).get(name);
}
