/**
 * `npm run bench:analytics`: what events cost, in Envoy's CPU per request of a gateway that has them against one that has
 * not, the two interleaved: on a bare route, with `basic-auth`, with an API key. The recorder reads the lines, and its sink
 * is gone. `ALL=1` sets the metrics, the access log and Envoy's gRPC access log beside them. 100 seconds.
 */
import { createHash } from "node:crypto";
import { build } from "../../cli/build/index.ts";
import { Recorder } from "../../controller/analytics/recorder.ts";
import { accessLog } from "../../controller/xds/resources/http/access-log.ts";
import { requestEvents } from "../../controller/xds/resources/http/request-events.ts";
import { requestMetrics } from "../../controller/xds/resources/http/request-metrics.ts";
import { alsLogger, startForgetfulAls } from "./collectors.ts";
import { chain, wasm } from "./filters.ts";
import { measure, type Contestant } from "./lab.ts";

const all = process.env["ALL"] === "1";
const rounds = Number(process.env["ROUNDS"] ?? (all ? 9 : 13));
const seconds = Number(process.env["SECONDS_EACH"] ?? 1);
const gone = { url: "http://127.0.0.1:1/", headers: {}, timeoutMs: 1_000 };
const recorder = new Recorder({
  traffic: {
    ...{ sampling: 1, ignoredPaths: [], requestHeaders: [], responseHeaders: [] },
    excludedFields: [],
    outputs: {
      queueSize: 10_000,
      http: { ...gone, retries: 3, batch: { size: 100, bytes: 1 << 20, everyMs: 5_000 } },
    },
  },
  factsOf: () => null,
  print: () => {},
  log: () => {},
});
const events = (everyRequest: boolean, headers: string[] = []) =>
  requestEvents({ everyRequest, requestHeaders: headers, responseHeaders: [] });

const basic = { name: "basic-auth", params: { username: "ada", password: "secret" } };
const sha256 = createHash("sha256").update("k").digest("hex");
const key = { name: "api-key-auth", params: { key: "x-api-key", keys: [{ name: "k", sha256 }] } };
const policies = ["basic-auth", "api-key-auth"].map((name) => `policies/${name}`);
const engine = wasm("engine", (await build(policies)).wasm, "sluice.gateway", null);
const authorization = `Basic ${Buffer.from("ada:secret").toString("base64")}`;

interface Row extends Contestant {
  /** Against which its ratio is. */
  off?: string;
}
const row = (
  name: string,
  policy: typeof basic | typeof key | null,
  accessLogs?: object[],
): Row => ({
  ...{ name, filters: policy ? [engine] : [], headers: { authorization } },
  ...(policy && { metadata: chain([policy], accessLogs !== undefined) }),
  ...(accessLogs && { accessLogs }),
});
const pair = (name: string, policy: typeof basic | typeof key | null): Row[] => [
  row(name, policy),
  { ...row(`${name}, events`, policy, [events(true)]), off: name },
];
const als = await startForgetfulAls();
const others = (): Row[] =>
  (
    [
      ["metrics", requestMetrics],
      ["access log, JSON", [accessLog("json")]],
      ["access log, text", [accessLog("text")]],
      ["events with 3 headers", [events(true, ["user-agent", "x-api-key", "x-tenant"])]],
      ["security events, nobody known", [events(false)]],
      ["gRPC access log", [alsLogger("als")]],
    ] as const
  ).map(([name, logs]) => ({ ...row(name, null, [...logs]), off: "no policy" }));
const rows = [
  ...pair("no policy", null),
  ...pair("basic-auth", basic),
  ...pair("API key", key),
  ...(all
    ? [
        ...others(),
        { ...row("basic-auth, security events", basic, [events(false)]), off: "basic-auth" },
      ]
    : []),
];
const figures = await measure(
  rows,
  rounds,
  seconds,
  {},
  {
    grpcServices: { als: als.port },
    output: (line) => recorder.take(line),
  },
);
for (const [i, { name, micros, against }] of figures.entries()) {
  const { off = name } = rows[i]!;
  const ratio = against(rows.findIndex((one) => one.name === off));
  console.log(`${name.padEnd(30)} ${micros.toFixed(1).padStart(6)} µs  ${ratio.toFixed(3)}×`);
}
const { value: dropped } = recorder
  .metrics()
  .find(({ name, labels }) => name.endsWith("dropped_total") && labels?.["log"] === "traffic")!;
console.log(`events dropped, as their sink is gone: ${dropped}`);
als.close();
await recorder.close();
