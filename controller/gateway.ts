/**
 * A whole gateway in one process: the control plane, its HTTP ports, and an Envoy beside it.
 */
import { randomUUID } from "node:crypto";
import { Recorder } from "./analytics/recorder.ts";
import { apiFacts } from "./analytics/api-facts.ts";
import { serveLocally } from "./agent/local/service.ts";
import { openSockets } from "./agent/local/sockets.ts";
import { attend } from "./agent/proof/attend.ts";
import { measure } from "./agent/proof/measure.ts";
import { readyPorts, startBeside } from "./agent/beside.ts";
import type { Supervised } from "./agent/supervise.ts";
import { openPorts } from "./api/ports.ts";
import type { EnvoyView } from "./observe/health.ts";
import type { MeasuredEnvoy } from "./observe/metrics-port.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { UserError } from "./errors.ts";
import { serveFeed } from "./feed/serve.ts";
import { defaultPorts, type GatewayOptions, type Ports } from "./options.ts";

export type { GatewayOptions, Ports } from "./options.ts";

export interface Gateway extends Pick<
  ControlPlane,
  "store" | "control" | "modules" | "access" | "renewTls"
> {
  /** Those of the traffic are known when the gateway is ready. */
  ports: Ports;
  /** Null when Envoys connect from elsewhere. */
  envoy: Supervised | null;
  /** Settles when Envoy takes requests. */
  ready(timeoutMs?: number): Promise<void>;
  /** Lets running requests end for at most `drainMs`. */
  stop(drainMs?: number): Promise<void>;
}

/** Settles when everything has begun; nothing is left behind when it throws. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const ports: Ports = { ...defaultPorts, ...options.ports };
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  let envoy: Supervised | null = null;
  let drainMs = 0;
  try {
    const sockets = options.envoy === "none" ? null : await openSockets(closing);
    const plane = await startControlPlane(options, closing, sockets?.xds);
    ports.xds = plane.xds.port;
    const view: EnvoyView & MeasuredEnvoy = {
      expected: options.envoy !== "none",
      pid: () => envoy?.current()?.pid ?? null,
      admin: async (path) => (await envoy?.current()?.admin(path)) ?? null,
    };
    const { log = () => {}, print = log, accessLogFile } = options;
    const recorder = new Recorder({
      ...{ ...options.record, log, print, factsOf: apiFacts(plane.control) },
      ...(accessLogFile && { accessLogFile }),
    });
    closing.push(() => recorder.close());
    Object.assign(ports, await openPorts(options, plane, { envoy: view, recorder }, closing));
    if (sockets) {
      const nodeId = `gateway-${randomUUID().slice(0, 8)}`;
      const ask = async (path: string) => {
        const running = envoy?.current();
        if (!running) throw new Error("Envoy does not run");
        return running.admin(path);
      };
      closing.push(attend({ server: plane.xds, nodeId, ask }));
      closing.push(
        measure({
          ask,
          wanted: () => plane.canary.measures,
          told: (counters) => {
            for (const stream of plane.xds.streams())
              if (stream.nodeId === nodeId) stream.measured = { counters, at: performance.now() };
          },
        }),
      );
      const local = await serveLocally(sockets.agent, serveFeed(plane.access.feeder.table));
      closing.push(() => local.close());
      const beside = await startBeside(options, nodeId, ports, sockets, (line) =>
        recorder.take(line),
      );
      envoy = beside;
      closing.push(() => beside.stop(drainMs));
    }
    const { store, control, modules, access, renewTls } = plane;
    return {
      ...{ store, control, modules, access, renewTls, ports, envoy },
      ready: async (timeoutMs = 15_000) => {
        if (!envoy) throw new UserError("this gateway has no Envoy of its own to wait for");
        const wanted = (["http", "https"] as const).filter((name) => ports[name] !== null);
        Object.assign(ports, await readyPorts(envoy, wanted, timeoutMs));
      },
      stop: async (drain = 0) => {
        drainMs = drain;
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
