/**
 * `npm run bench:analytics`: what is seen of requests, in Envoy's CPU per request against the same route without: the
 * metrics logger, the access log, events (with the recorder reading them and a sink that is gone), and Envoy's gRPC access
 * log for comparison; and the event line on a route that authenticates, against that route without it.
 */
import { build } from "../../cli/build/index.ts";
import { Recorder } from "../../controller/analytics/recorder.ts";
import { accessLog } from "../../controller/xds/resources/access-log.ts";
import { requestEvents } from "../../controller/xds/resources/request-events.ts";
import { requestMetrics } from "../../controller/xds/resources/request-metrics.ts";
import { alsLogger, startForgetfulAls } from "./als.ts";
import { chain, wasm } from "./filters.ts";
import { measure, type Contestant } from "./lab.ts";

const rounds = Number(process.env["ROUNDS"] ?? 9);
const seconds = Number(process.env["SECONDS_EACH"] ?? 3);
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
const login = { username: "ada", password: "secret" };
const engine = wasm("engine", (await build(["policies/basic-auth"])).wasm, "sluice.gateway", null);
const authenticated = (name: string, accessLogs: object[]): Contestant => ({
  ...{ name, accessLogs, filters: [engine] },
  metadata: chain([{ name: "basic-auth", params: login }]),
  headers: {
    authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`,
  },
});
const plain = (name: string, accessLogs: object[] = []): Contestant => ({
  ...{ name, accessLogs, filters: [] },
});
const als = await startForgetfulAls();
const figures = await measure(
  [
    plain("nothing"),
    plain("metrics", requestMetrics),
    plain("access log, JSON", [accessLog("json")]),
    plain("access log, text", [accessLog("text")]),
    plain("events", [events(true)]),
    plain("events with 3 headers", [events(true, ["user-agent", "x-api-key", "x-tenant"])]),
    plain("security events, nobody known", [events(false)]),
    plain("gRPC access log", [alsLogger("als")]),
    authenticated("basic-auth", []),
    authenticated("basic-auth, events", [events(true)]),
    authenticated("basic-auth, security events", [events(false)]),
  ],
  rounds,
  seconds,
  {},
  { grpcServices: { als: als.port }, output: (line) => recorder.take(line) },
);
const auth = figures.find(({ name }) => name === "basic-auth")!;
for (const { name, micros, ratio } of figures) {
  const against = name.startsWith("basic-auth,")
    ? `  ${(ratio / auth.ratio).toFixed(3)}× of basic-auth`
    : "";
  console.log(
    `${name.padEnd(30)} ${micros.toFixed(1).padStart(6)} µs  ${ratio.toFixed(3)}×${against}`,
  );
}
const { value: dropped } = recorder.metrics().find(({ name }) => name.endsWith("dropped_total"))!;
console.log(`events dropped, as their sink is gone: ${dropped}`);
als.close();
await recorder.close();
