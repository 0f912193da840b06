/** Why a request got the answer that it got: who decided, where that stands, and why, as far as it was recorded. */
import { CommandError, Exit } from "../errors.ts";
import type { GatewayApi } from "../client/api.ts";
import { findRecord, type RequestRecord, type Wanted } from "./record.ts";
import { explainRequest, type Explanation } from "./route.ts";

export interface AnswerExplained {
  request: Pick<RequestRecord, "id" | "time" | "method" | "host" | "path">;
  status: number;
  /** In words: the policy, the upstream, or Envoy and what it says. */
  decidedBy: string;
  policy: string | null;
  /** Where the document has that policy. */
  from: string[];
  /** Of authentications that failed, in their order. */
  because: string[];
  /** How the request would go now; null where no route takes it. */
  now: Explanation | null;
  /** Other lines of the log with the id. */
  lines: string[];
}

export async function explainAnswer(
  gateway: GatewayApi,
  logs: readonly string[],
  wanted: Wanted,
): Promise<AnswerExplained> {
  const { record, lines } = await findRecord(logs, wanted);
  if (!record) throw notRecorded(logs, wanted, lines);
  const { id, time, method, host, path, status, failures } = record;
  const now = await explainRequest(gateway, method, path).catch((error: unknown) => {
    if (error instanceof CommandError && error.id === "AP-NO-ROUTE") return null;
    throw error;
  });
  const [, policy = null] = /^policy:(.*)$/.exec(record.details) ?? [];
  return {
    ...{ request: { id, time, method, host, path }, status, policy },
    decidedBy: policy ? `${status >= 400 ? "refused" : "answered"} by ${policy}` : wordsOf(record),
    from: policy === null ? [] : placesOf(policy, now),
    because: failures.map(({ method, reason }) => `${method}: ${reason}`),
    ...{ now, lines },
  };
}

function placesOf(policy: string, now: Explanation | null): string[] {
  const places = (now?.policies ?? []).filter(({ name }) => name === policy);
  if (places.length > 0) return places.map(({ from }) => from);
  return ["a document or configuration that has changed since"];
}

function notRecorded(logs: readonly string[], wanted: Wanted, lines: string[]): CommandError {
  const which = "id" in wanted ? wanted.id : `${wanted.method} ${wanted.path}`;
  const where = logs.map((log) => (log === "-" ? "standard input" : log)).join(", ");
  if (lines.length === 0)
    return new CommandError(
      "AP-NO-RECORD",
      `${where}: has no record of ${which}`,
      Exit.NotFound,
      "the access log as JSON, the gateway's output or what traffic_logging writes is what can be read",
    );
  return new CommandError(
    "AP-NO-RECORD",
    `${where}: has no record of a request ${which}, but these lines with it:`,
    Exit.NotFound,
    "",
    lines.map((line, i) => ({ field: `line ${i + 1}`, message: line })),
  );
}

/** Where no policy decided. */
function wordsOf({ details, flags }: RequestRecord): string {
  if (details === "via_upstream") return "answered by the upstream";
  if (details === "policy_fault")
    return "ended because a policy failed: the log has the answer's x-error-id with its source line";
  const known = flagWords.find(([flag]) => flags.split(",").includes(flag));
  return `answered by Envoy: ${known?.[1] ?? "see what it says"} (${details || flags})`;
}

/** Envoy's own reasons, by the flags of its access log. */
const flagWords: readonly (readonly [string, string])[] = [
  ["NR", "no route takes it"],
  ["NC", "the route's upstream does not exist"],
  ["UH", "no target of the upstream is well"],
  ["UF", "no connection to the upstream could be made"],
  ["UO", "the upstream has as much under way as it may"],
  ["UT", "the upstream took too long"],
  ["URX", "the upstream failed at every attempt"],
  ["UC", "the upstream ended the connection"],
  ["UR", "the upstream reset the request"],
  ["SI", "nothing moved for too long"],
  ["DC", "the client left"],
  ["DPE", "the client's request is no proper HTTP"],
  ["DT", "the request took too long"],
  ["OM", "the gateway is overloaded"],
];
