/**
 * What Envoy's own switches let through and what an upstream may read in another way: two Host headers, which reach
 * Envoy's filters as one with a comma; a Host that is no host and port; in the path, percent signs that encode nothing, and
 * characters in a longer form than UTF-8 has for them, which lenient decoders take for a dot or a slash. The query is its
 * upstream's own.
 */
import type { JsonObject } from "../../protos.ts";
import { both } from "./rules.ts";

const port = "[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]";
/** Underscores are none of DNS, and many networks of containers have them. */
const host = "[A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+\\]";
const authority = `(${host})(:(${port}))?`;

const hex = "[0-9A-Fa-f]";
const nothing = `|${hex}|[^0-9A-Fa-f].*|${hex}[^0-9A-Fa-f].*`;
const overlong = "([Cc][01]%[89AaBb]|[Ee]0%[89]|[Ff]0%8).*";
/** Conditions of which one is enough. */
export const ambiguous: JsonObject[] = [
  { not_rule: { header: { name: ":authority", string_match: regex(authority) } } },
  // Most paths have no percent sign, and looking for one costs less than the expression.
  both(path({ contains: "%" }), path(regex(`.*%(${nothing}|${overlong})`))),
];

function path(matcher: JsonObject): JsonObject {
  return { url_path: { path: matcher } };
}

function regex(whole: string): JsonObject {
  return { safe_regex: { regex: whole } };
}
