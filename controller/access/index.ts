/** What gateways look up while they serve: opened over the store, brought to them by the feed. */
import type { GatewayOptions } from "../options.ts";
import type { Store } from "../store/store.ts";
import { ApiKeys, keyRules } from "./api-keys.ts";
import { Feeder } from "./feeder.ts";

export interface Access {
  keys: ApiKeys;
  feeder: Feeder;
}

export function openAccess(
  store: Store,
  options: GatewayOptions,
  log: (line: string) => void,
): Access {
  const feeder = new Feeder(store, log);
  store.onOwnChange((change) => feeder.take(change));
  return {
    feeder,
    keys: new ApiKeys(store.keys, { ...keyRules, ...options.apiKeys }),
  };
}
