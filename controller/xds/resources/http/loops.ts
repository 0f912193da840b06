/**
 * Requests that come round again. Each pass notes itself in `CDN-Loop` (RFC 8586) before any filter, and one that has
 * passed too often is refused by the filter that looks at the host anyway: what asks no gateway twice pays a header.
 *
 * A policy that takes the header away takes this guard from its API.
 */
import type { JsonObject } from "../../protos.ts";
import { both } from "./rules.ts";

export const hopHeader = "cdn-loop";
/** One name for all gateways, so that a circle of several is one too. */
const pseudonym = "sluice";

/** What the connection manager does to the headers of a request, to be counted; nothing if none is. */
export const noteHop = (maxPasses: number): JsonObject[] =>
  maxPasses === 0
    ? []
    : [
        {
          append: {
            header: { key: hopHeader, value: pseudonym },
            append_action: "APPEND_IF_EXISTS_OR_ADD",
          },
        },
      ];

/** True of a request that notes one pass more than it may have. Most note one pass alone, without a comma. */
export const passedTooOften = (maxPasses: number): JsonObject =>
  both(
    noted({ contains: "," }),
    noted({ safe_regex: { regex: `(?:${oneOfOurs}){${maxPasses + 1}}\\C*` } }),
  );

const noted = (matcher: JsonObject): JsonObject => ({
  header: { name: hopHeader, string_match: matcher },
});

/** Envoy takes no larger expression: RE2 makes of it a program of 96 steps, and 100 are allowed. */
export const mostPasses = 5;

/** An entry of the list, and what may stand before it. `\C` is one step where `.`, which knows UTF-8, is many. */
const oneOfOurs = `(?:\\C*[, ])?${pseudonym}(?:[,; ]|$)`;
