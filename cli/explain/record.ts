/**
 * What a gateway has recorded of one request: the line of its access log, its event of the traffic log, and the events of
 * the authentications that policies decided. They may stand in one stream or in files of their own, in any order.
 */
import { open, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { CommandError, Exit } from "../errors.ts";

export interface RequestRecord {
  id: string;
  time: string;
  method: string;
  host: string;
  path: string;
  status: number;
  /** Envoy's words and flags for who answered. */
  details: string;
  flags: string;
  /** Authentications that failed, and why. */
  failures: { method: string; reason: string }[];
}

/** By the id that the request has in the log, or the last one of a method and a path. */
export type Wanted = { id: string } | { method: string; path: string };

export interface Found {
  record: RequestRecord | null;
  /** Other lines that have the id: what policies and Envoy logged. */
  lines: string[];
}

type Json = Record<string, unknown>;
type Part = Partial<RequestRecord> & { id: string; path: string };

/** Records of one path that are kept until the end says which is the last. */
const mostKept = 1_000;
const mostLines = 20;

/** `-` is standard input. */
export async function findRecord(logs: readonly string[], wanted: Wanted): Promise<Found> {
  const parts = new Map<string, Part>();
  const lines: string[] = [];
  for (const log of logs)
    for await (const line of await linesOf(log)) {
      if ("id" in wanted && !line.includes(wanted.id)) continue;
      const part = partOf(line);
      if (!part) {
        if ("id" in wanted && lines.length < mostLines) lines.push(line);
        continue;
      }
      if ("id" in wanted ? part.id !== wanted.id : part.path !== wanted.path) continue;
      const before = parts.get(part.id);
      const failures = [...(before?.failures ?? []), ...(part.failures ?? [])];
      parts.delete(part.id);
      parts.set(part.id, { ...before, ...part, failures });
      if (parts.size > mostKept) parts.delete(parts.keys().next().value!);
    }
  const whole = [...parts.values()].filter(isWhole);
  const fitting = whole.filter((one) => "id" in wanted || one.method === wanted.method);
  return { record: fitting.sort((a, b) => (a.time < b.time ? -1 : 1)).at(-1) ?? null, lines };
}

const isWhole = (part: Part): part is RequestRecord =>
  part.method !== undefined && part.status !== undefined;

async function linesOf(log: string): Promise<AsyncIterable<string>> {
  if (log === "-") return createInterface({ input: process.stdin, crlfDelay: Infinity });
  const found = await stat(log).catch(() => null);
  if (!found || found.isDirectory())
    throw new CommandError("AP-NO-FILE", `${log}: expected a log, found none`, Exit.NotFound);
  return (await open(log)).readLines();
}

/** Null when the line is none of the three, or of a request without an id. */
function partOf(line: string): Part | null {
  const start = line.indexOf("{");
  if (start < 0) return null;
  let read: Json;
  try {
    read = JSON.parse(line.slice(start)) as Json;
  } catch {
    return null;
  }
  const part =
    "respCd" in read ? ofAccessLog(read) : "decidedBy" in read ? ofTraffic(read) : ofSecurity(read);
  return part && part.id !== "" ? part : null;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The log may hold queries. */
const withoutQuery = (path: unknown): string => text(path).split("?")[0]!;

const ofAccessLog = (line: Json): Part => ({
  ...{ id: text(line["reqId"]), time: text(line["t"]), method: text(line["meth"]) },
  ...{ host: text(line["host"]), path: withoutQuery(line["path"]) },
  ...{ status: Number(line["respCd"]), details: text(line["respCdDtl"]) },
  flags: text(line["respFlg"]),
});

function ofTraffic(event: Json): Part {
  const { method, host, path } = (event["request"] ?? {}) as Json;
  const { details, errorType } = (event["error"] ?? {}) as Json;
  const policy = text(event["decidedBy"]);
  return {
    ...{ id: text(event["correlationId"]), time: text(event["timestamp"]), method: text(method) },
    ...{ host: text(host), path: withoutQuery(path), status: Number(event["status"]) },
    details: policy ? `policy:${policy}` : text(details) || "via_upstream",
    flags: policy ? "" : text(errorType),
  };
}

function ofSecurity(event: Json): Part | null {
  if (event["event"] !== "authentication") return null;
  const failed = event["outcome"] === "failure";
  return {
    ...{ id: text(event["correlationId"]), path: withoutQuery(event["path"]) },
    failures: failed ? [{ method: text(event["method"]), reason: text(event["reason"]) }] : [],
  };
}
