/**
 * What each part of a gateway's generated configuration costs: CPU of Envoy per request with a part left out, against bare
 * Envoy and against the whole, interleaved. `ONLY=text` keeps the rows with this text, beside the first two.
 */
import { build } from "../../../cli/build/index.ts";
import { requestMetrics } from "../../../controller/xds/resources/request-metrics.ts";
import { wasm } from "../filters.ts";
import { measure, type Contestant } from "../lab.ts";
import { gatewayAtRest, type AtRest, type Parts } from "./at-rest.ts";

const rounds = Number(process.env["ROUNDS"] ?? 9);
const seconds = Number(process.env["SECONDS_EACH"] ?? 2);
const five = ["security-headers", "cors", "user-agent-restriction", "remove-headers", "set-headers"];

export async function price(): Promise<void> {
  const { wasm: module } = await build(five.map((name) => `policies/${name}`));
  const engine = wasm("policies", module, "sluice.gateway", null);
  const row = (name: string, policies: number, options: Partial<AtRest> = {}): Contestant => ({
    ...{ name, filters: [], headers: { "user-agent": "bench" } },
    listener: gatewayAtRest({
      ...{ document: { policies }, engine, ...options },
      listener: { accessLog: "off", ...options.listener },
    }),
  });
  const less = (name: string, change: (parts: Parts) => void) =>
    row(`- ${name}`, 0, { change });
  const only = process.env["ONLY"];
  const all = [
    { name: "bare Envoy", filters: [], headers: { "user-agent": "bench" } },
    row("a gateway, no policies, no access log", 0),
    row("+ access log, JSON", 0, { listener: { accessLog: "json" } }),
    row("+ access log, text", 0, { listener: { accessLog: "text" } }),
    row("+ metrics", 0, { listener: { metrics: true } }),
    row("+ five policies", 5),
    less("one-host", without("one-host")),
    less("scope filters", without("scope-2", "scope-3", "scope-4", "scope-root")),
    less("operation filter", without("operation")),
    less("fault filter", without("faults")),
    less("policies filter", without("policies")),
    less("all filters", without("one-host", "scope-2", "scope-3", "scope-4", "scope-root", "operation", "faults", "policies")),
    less("scopes and copies", ({ manager, routes }) => {
      delete manager["early_header_mutation_extensions"];
      delete manager["scoped_routes"];
      delete routes["vhost_header"];
      delete routes["request_headers_to_remove"];
      plainMatch(routes);
      manager["route_config"] = routes;
    }),
    less("removed headers", ({ routes }) => delete routes["request_headers_to_remove"]),
    less("regex matches and rewrite", ({ routes }) => {
      for (const { routes: list } of routes["virtual_hosts"]) for (const one of list ?? []) {
        one.match.headers = [{ name: "x-sluice-request", string_match: { prefix: "GET/pets" } }];
        delete one.route.regex_rewrite;
      }
    }),
    less("rewrite", ({ routes }) => {
      for (const { routes: list } of routes["virtual_hosts"]) for (const one of list ?? [])
        delete one.route.regex_rewrite;
    }),
    less("error bodies", ({ manager }) => delete manager["local_reply_config"]),
    less("timeouts", ({ manager, routes }) => {
      for (const key of ["request_headers_timeout", "request_timeout"]) delete manager[key];
      manager["stream_idle_timeout"] = "0s";
      for (const { routes: list } of routes["virtual_hosts"]) for (const one of list ?? []) {
        one.route.timeout = "0s"; delete one.route.idle_timeout;
      }
    }),
    less("path normalisation", ({ manager }) => {
      for (const key of ["normalize_path", "merge_slashes", "path_with_escaped_slashes_action"]) delete manager[key];
    }),
    less("header checks", ({ manager }) => { delete manager["common_http_protocol_options"]; delete manager["internal_address_config"]; delete manager["use_remote_address"] }),
  ];
  const kept = all.filter(({ name }, i) => i < 2 || !only || name.includes(only));
  const figures = await measure(kept, rounds, seconds, {}, { output: () => {} });
  const whole = figures[1]!;
  for (const { name, micros, ratio } of figures)
    console.log(
      `${name.padEnd(40)} ${micros.toFixed(1).padStart(6)} µs  ${ratio.toFixed(3)}×  ${(ratio / whole.ratio).toFixed(3)}× of the gateway`,
    );
}

const without =
  (...names: string[]) =>
  ({ manager }: Parts): void => {
    manager["http_filters"] = manager["http_filters"].filter(
      ({ name }: { name: string }) => !names.includes(name),
    );
  };

function plainMatch(routes: Parts["routes"]): void {
  for (const { routes: list } of routes["virtual_hosts"])
    for (const one of list ?? []) one.match = { path_separated_prefix: "/pets" };
}
void requestMetrics;
