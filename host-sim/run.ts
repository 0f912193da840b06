/**
 * Runs any module on some requests and reports, as plain JSON, what came of them: what `ap policy run` prints. Both
 * runners give the same report.
 */
import { SimulatorError } from "./errors.ts";
import type {
  MetricValue,
  RunnerSetup,
  Runner,
  RunnerAnswer,
  SeenRequest,
} from "./cases/runner.ts";
import type { Upstream } from "./http/upstream.ts";
import type { Request } from "./setup.ts";

export interface RunReport {
  runner: string;
  requests: RequestReport[];
  metrics: Record<string, MetricValue>;
}

export interface RequestReport {
  request: { method: string; path: string };
  status: number;
  headers: [string, string][];
  body: BodyReport;
  upstream: SeenReport | null;
  callouts: (SeenReport & { cluster: string })[];
  logs: string[];
  cut: string | null;
}

interface SeenReport {
  method: string;
  path: string;
  headers: [string, string][];
  body: BodyReport;
}

/** Text as it is; bytes that are no text in base64. */
export type BodyReport = string | { base64: string };

export async function run(
  runner: Runner,
  setup: RunnerSetup,
  requests: readonly Request[],
): Promise<RunReport> {
  const loaded = await runner.load(setup);
  try {
    const reports: RequestReport[] = [];
    for (const request of requests) reports.push(report(request, await loaded.request(request)));
    return { runner: runner.name, requests: reports, metrics: await loaded.metrics() };
  } finally {
    await loaded.close();
  }
}

const report = (request: Request, answer: RunnerAnswer): RequestReport => ({
  request: { method: request.method ?? "GET", path: request.path },
  status: answer.status,
  headers: answer.headers,
  body: body(answer.body),
  upstream: answer.upstream && seen(answer.upstream),
  callouts: answer.callouts.map((one) => ({ cluster: one.cluster, ...seen(one) })),
  logs: answer.logs,
  cut: answer.cut,
});

const seen = ({ method, path, headers, body: bytes }: SeenRequest): SeenReport => ({
  method,
  path,
  headers,
  body: body(bytes),
});

function body(bytes: Uint8Array): BodyReport {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString("base64") };
  }
}

/**
 * An upstream in a few letters, for a command line: `echo`, `refuse`, `hang`, `reset`, a status (`503`), a status and a
 * body (`200 hello`), or an answer as JSON (`{"status":200,"headers":{…},"body":"…","delayMs":5}`).
 */
export function parseUpstream(spec: string): Upstream {
  if (spec === "refuse" || spec === "hang" || spec === "reset") return spec;
  if (spec === "echo") return echo;
  if (spec.startsWith("{")) return JSON.parse(spec) as Upstream;
  const fixed = /^(\d{3})(?: (.*))?$/s.exec(spec);
  if (fixed) return { status: Number(fixed[1]), body: fixed[2] ?? "" };
  throw new SimulatorError(
    `upstream: expected echo, refuse, hang, reset, a status, "status body" or JSON, found ${JSON.stringify(spec)}`,
  );
}

/** Answers with the request's body and content type, and names the request it got. */
const echo: Upstream = ({ method, path, headers, body: bytes }) => ({
  status: 200,
  headers: [
    ...headers.filter(([name]) => name === "content-type"),
    ["x-echo-method", method],
    ["x-echo-path", path],
  ],
  body: bytes,
});
