/** What gateways look up while they serve: opened over the store, brought to them by the feed. */
import { GatewayTokens } from "../feed/gateway-tokens.ts";
import type { GatewayOptions } from "../options.ts";
import type { Store } from "../store/store.ts";
import { ApiKeys, keyRules } from "./api-keys.ts";
import { Feeder } from "./feeder.ts";
import { Plans } from "./plans.ts";
import { Subscriptions, type FindApi } from "./subscriptions.ts";

export interface Access {
  keys: ApiKeys;
  plans: Plans;
  subscriptions: Subscriptions;
  /** How answers name this gateway. */
  gatewayId: string;
  feeder: Feeder;
  /** Who may follow the feed from another machine. */
  tokens: GatewayTokens;
}

export function openAccess(
  store: Store,
  options: GatewayOptions,
  findApi: FindApi,
  log: (line: string) => void,
): Access {
  const feeder = new Feeder(store, log);
  store.onOwnChange((change) => feeder.take(change));
  return {
    feeder,
    gatewayId: options.gatewayId ?? "platform-gateway-id",
    plans: new Plans(store.plans, store.subscriptions),
    subscriptions: new Subscriptions(store.subscriptions, store.plans, findApi),
    tokens: new GatewayTokens(options.gatewayTokens),
    keys: new ApiKeys(store.keys, { ...keyRules, ...options.apiKeys }),
  };
}
