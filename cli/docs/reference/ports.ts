/** The page of ports: what each is, where it listens, who has to reach it. */
import { portKeys } from "../../../controller/port-keys.ts";
import { defaultPorts, type Ports } from "../../../controller/options.ts";
import { code, page, table } from "../markdown.ts";

interface Words {
  what: string;
  /** Where it listens, unless told otherwise. */
  on: string;
  reachedBy: string;
}

const here = "this machine (`--host`)";
const everywhere = "every address (`router.gateway_host`)";

/** In the order in which they are met. */
const ports: Record<keyof Ports, Words> = {
  http: {
    what: "traffic",
    on: everywhere,
    reachedBy: "callers, or the load balancer in front",
  },
  https: {
    what: "traffic over TLS",
    on: everywhere,
    reachedBy: "the same",
  },
  management: {
    what: "the management API",
    on: here,
    reachedBy: "`ap`, jobs and people who manage",
  },
  admin: {
    what: "the controller's health, configuration and routes",
    on: here,
    reachedBy: "health checks, `ap doctor`",
  },
  adminPublished: {
    what: "the same once more",
    on: here,
    reachedBy: "scripts that know this port",
  },
  metrics: {
    what: "the controller's metrics, if `controller.metrics.enabled`",
    on: here,
    reachedBy: "Prometheus",
  },
  engineAdmin: {
    what: "health of Envoy and its policies",
    on: here,
    reachedBy: "health checks",
  },
  engineMetrics: {
    what: "metrics of Envoy and its policies, if `controller.metrics.enabled`",
    on: here,
    reachedBy: "Prometheus",
  },
  xds: {
    what: "what gateways follow: xDS and the feed",
    on: here,
    reachedBy: "agents on other machines, with `xds_tls` and a token each",
  },
  envoyAdmin: {
    what: "Envoy's own admin interface",
    on: "this machine, always",
    reachedBy: "nobody else: it can end Envoy",
  },
};

export const portsPage = (): string =>
  page(
    "# Ports",
    "One process is the controller and starts an Envoy beside itself; these are all the ports that the two listen on. An agent " +
      "(`ap gateway run --controller`) has those of its Envoy, and the metrics' if they are enabled.",
    table(
      ["port", "what", "listens on", "who has to reach it", "key"],
      (Object.keys(ports) as (keyof Ports)[]).map((name) => {
        const { what, on, reachedBy } = ports[name];
        return [String(defaultPorts[name]), what, on, reachedBy, code(portKeys[name])];
      }),
    ),
    "The variable of a key is `GATEWAY_` and its path, such as `GATEWAY_ROUTER__LISTENER_PORT`. `ap doctor` says which of them are " +
      "free; one that is taken stops the start and is named.",
    "`ap dev` listens on 8080 of this machine (`--port`); `npm start` has a sample upstream on 8082.",
  );
