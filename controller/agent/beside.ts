/** The Envoy beside a controller on the same machine. */
import type { GatewayOptions, Ports } from "../options.ts";
import { until } from "../until.ts";
import { bootstrap } from "./bootstrap.ts";
import { findEnvoy } from "./find.ts";
import { expectFree } from "./free.ts";
import type { Sockets } from "./local/sockets.ts";
import { limitsHere } from "./overload.ts";
import { superviseEnvoy, type Supervised } from "./supervise.ts";

export async function startBeside(
  options: GatewayOptions,
  nodeId: string,
  ports: Pick<Ports, "xds" | "http" | "https" | "envoyAdmin">,
  sockets: Sockets,
  output: (line: string) => void,
): Promise<Supervised> {
  const { log = () => {}, trafficHost = "0.0.0.0" } = options;
  await expectFree([
    { what: "traffic", host: trafficHost, port: ports.http },
    { what: "traffic over TLS", host: trafficHost, port: ports.https },
    { what: "Envoy's admin interface", host: "127.0.0.1", port: ports.envoyAdmin },
  ]);
  const tls = options.xdsTls?.envoy;
  return superviseEnvoy({
    log,
    output,
    path: options.envoyPath ?? (await findEnvoy({ progress: log })).path,
    bootstrap: bootstrap({
      nodeId,
      controllers: [tls ? { host: "127.0.0.1", port: ports.xds } : { socket: sockets.xds }],
      adminPort: ports.envoyAdmin,
      agentSocket: sockets.agent,
      ...(tls && { tls }),
      ...(options.statsd && { statsd: options.statsd }),
      ...limitsHere(options.overload),
    }),
    ...(options.concurrency && { concurrency: options.concurrency }),
  });
}

/** Settles with the ports of the listeners when Envoy takes requests on all that were asked for. */
export const readyPorts = (
  envoy: Supervised,
  wanted: (keyof Ports)[],
  timeoutMs: number,
): Promise<Partial<Ports>> =>
  until(async () => {
    const state = (await envoy.current()?.admin("/ready"))?.trim();
    if (state !== "LIVE") throw new Error(`Envoy is not ready: ${state ?? "it is not running"}`);
    const { listener_statuses = [] } = JSON.parse(
      await envoy.current()!.admin("/listeners?format=json"),
    ) as { listener_statuses?: ListenerStatus[] };
    const bound: Partial<Record<string, number>> = {};
    for (const { name, local_address } of listener_statuses)
      bound[name] = local_address.socket_address.port_value;
    for (const name of wanted)
      if (bound[name] === undefined) throw new Error(`Envoy does not listen for ${name} yet`);
    return bound;
  }, timeoutMs);

interface ListenerStatus {
  name: string;
  local_address: { socket_address: { port_value: number } };
}
