/** How an operation's path matches, and which of two routes that both match goes first. */
import type { JsonObject } from "../xds/protos.ts";
import type { Operation } from "../model/rest-api.ts";

export interface PathMatch {
  match: JsonObject;
  rank: "exact" | "regex" | "prefix";
  /** The path's segments as they are ranked. */
  segments: Segment[];
}

/** In order of precedence; `end` is where a path is over while the other goes on. */
const segmentOrder = ["literal", "mixed", "parameter", "end", "wildcard"] as const;
type Segment = (typeof segmentOrder)[number];
const rankOrder = ["exact", "regex", "prefix"] as const;

/**
 * Simple literal paths take an optional trailing slash, templated ones and `match`'s do not; a trailing `/*` also
 * matches the path before it. Beside a `/*`, braces are plain characters.
 */
export function pathMatch(
  context: string,
  { path, form }: Pick<Operation, "path" | "form">,
): PathMatch {
  const full = context + path;
  if (path.endsWith("/*") && form !== "Exact") {
    const prefix = full.slice(0, -2);
    const segments: Segment[] = [
      ...prefix
        .split("/")
        .slice(1)
        .map(() => "literal" as const),
      "wildcard",
    ];
    return {
      match: prefix === "" ? { prefix: "/" } : { path_separated_prefix: prefix },
      rank: "prefix",
      segments,
    };
  }
  if (form !== "simple")
    return { match: { path: full }, rank: "exact", segments: segmentsOf(full, false) };
  if (/\{[^{}/]+\}/.test(path)) {
    const regex =
      escape(context) +
      path
        .split(/\{[^{}/]+\}/)
        .map(escape)
        .join("[^/]+");
    return { match: { safe_regex: { regex } }, rank: "regex", segments: segmentsOf(full, true) };
  }
  const bare = full.replace(/\/$/, "");
  return {
    match: bare === "" ? { path: "/" } : { safe_regex: { regex: `${escape(bare)}/?` } },
    rank: "exact",
    segments: segmentsOf(full, false),
  };
}

const segmentsOf = (path: string, templates: boolean): Segment[] =>
  path
    .split("/")
    .slice(1)
    .map((segment) => {
      if (!templates || !segment.includes("{")) return "literal";
      return /^\{[^{}]+\}$/.test(segment) ? "parameter" : "mixed";
    });

export interface Ranked {
  path: PathMatch;
  headers: { type: "Exact" | "RegularExpression" }[];
}

/** Negative when `a` goes first; 0 leaves the order of the document. */
export function compareRoutes(a: Ranked, b: Ranked): number {
  return (
    rankOrder.indexOf(a.path.rank) - rankOrder.indexOf(b.path.rank) ||
    compareSegments(a.path.segments, b.path.segments) ||
    b.headers.length - a.headers.length ||
    exactHeaders(b) - exactHeaders(a)
  );
}

function compareSegments(a: Segment[], b: Segment[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = segmentOrder.indexOf(a[i] ?? "end") - segmentOrder.indexOf(b[i] ?? "end");
    if (order !== 0) return order;
  }
  return 0;
}

const exactHeaders = ({ headers }: Ranked) => headers.filter(({ type }) => type === "Exact").length;

/** Text as RE2 takes it literally. */
export const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
