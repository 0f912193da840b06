/** The lists of addresses that may use a port of the management side. */
import type { Fail } from "../errors.ts";
import { isNetwork } from "../people/door/networks.ts";
import type { Config } from "./schema/index.ts";

export function checkNetworks({ controller, policy_engine: engine }: Config, fail: Fail): void {
  const lists = {
    "controller.server.allowed_ips": controller.server.allowed_ips,
    "controller.admin_server.allowed_ips": controller.admin_server.allowed_ips,
    "controller.metrics.allowed_ips": controller.metrics.allowed_ips,
    "policy_engine.admin.allowed_ips": engine.admin.allowed_ips,
  };
  for (const [field, list] of Object.entries(lists))
    list.forEach((one, i) => {
      if (!isNetwork(one))
        fail(
          `${field}[${i}]`,
          `expected an address, a network such as 10.0.0.0/8, or *, found "${one}"`,
        );
    });
}
