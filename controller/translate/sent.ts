/**
 * What routes are chosen by: the request as the client sent it, in headers of the gateway's own. Envoy looks for the route
 * again after every change that a policy makes to the headers; by the path, the method or the host themselves a policy that
 * rewrites them would send the request on another route, past the policies of that one.
 */
import type { JsonObject } from "../xds/protos.ts";
import { escape } from "./path.ts";

/** Method and path in one text, which is as unambiguous as both: no method has a slash in it. */
const requestHeader = "x-sluice-request";
/** By this one Envoy finds the virtual host. */
export const hostHeader = "x-sluice-host";

/** By this one a policy sends a request to a definition of its choice; a client's own is dropped. */
export const choiceHeader = "x-target-upstream";

/** Written before any filter, over whatever a client sent under these names. */
export const sentHeaders: [name: string, value: string][] = [
  // `PATH` without its second word would prefer a client's `x-envoy-original-path`.
  [requestHeader, "%REQ(:METHOD)%%PATH(NQ:PATH)%"],
  [hostHeader, "%REQ(:AUTHORITY)%"],
];

/**
 * A match of a method and a path, as it would stand in a route, turned into one of what was sent. Behind `^` RE2 keeps the
 * literal beginning as text and compiles the rest alone: 2 KB less for a route, though Envoy matches the whole anyway.
 */
export function sentMatch(method: string, path: JsonObject): JsonObject {
  const { path: exact, prefix, path_separated_prefix: parent, safe_regex: pattern } = path;
  const regex =
    typeof parent === "string"
      ? `${escape(parent)}(?:/.*)?`
      : (pattern as { regex: string } | undefined)?.regex;
  const match: JsonObject = { name: requestHeader };
  if (typeof regex === "string")
    match.string_match = { safe_regex: { regex: `^${method}${regex}` } };
  else if (typeof prefix === "string") match.string_match = { prefix: `${method}${prefix}` };
  else match.string_match = { exact: `${method}${exact as string}` };
  return match;
}

/** Which of several lists of routes a request is looked for in, by the beginning of its path. */
export const sentInput: JsonObject = {
  name: "request",
  typed_config: {
    "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
    header_name: requestHeader,
  },
};
