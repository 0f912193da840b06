/** What a gateway can be told, and what it does when it is not told. */
import type { GatewayListeners } from "../translate/gateway.ts";
import type { GatewayDefaults } from "../translate/compile.ts";
import type { RefTargets } from "../translate/targets.ts";

export interface TrafficSettings {
  hosts: { main: string[]; sandbox: string[] };
  timeoutMs: number;
  idleTimeoutMs: number;
  connectTimeoutMs: number;
  bodyLimitBytes: number;
  refTargets?: RefTargets;
}

export const trafficDefaults: TrafficSettings = {
  hosts: { main: ["*"], sandbox: ["sandbox-*"] },
  timeoutMs: 60_000,
  idleTimeoutMs: 300_000,
  connectTimeoutMs: 5_000,
  bodyLimitBytes: 10_485_760,
};

/** The engine's place in the filter chain, and its module's name over ECDS. */
export const engineFilter = "policies";
/** The root id under which the engine takes each route's chain from the route. */
export const engineRootId = "sluice.gateway";

export type ListenerSettings = Pick<
  GatewayListeners,
  "host" | "httpPort" | "httpsPort" | "limits" | "accessLog" | "errors"
>;

export type { GatewayDefaults };
