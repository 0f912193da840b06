/** What gateways look up while they serve: opened over the store, brought to them by the feed. */
import { dirname, join } from "node:path";
import { GatewayTokens } from "../feed/gateway-tokens.ts";
import { defaultStore, type GatewayOptions } from "../options.ts";
import type { Store } from "../store/store.ts";
import { KeyRing, type SecretKey } from "../secrets/key-ring.ts";
import { Secrets } from "../secrets/secrets.ts";
import { Vault } from "../secrets/vault.ts";
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
  secrets: Secrets;
  vault: Vault;
  feeder: Feeder;
  /** Who may follow the feed from another machine. */
  tokens: GatewayTokens;
}

export async function openAccess(
  store: Store,
  options: GatewayOptions,
  findApi: FindApi,
  log: (line: string) => void,
): Promise<Access> {
  const ring = await KeyRing.open(
    options.secretKeys ?? [defaultKey(options.store ?? defaultStore)],
  );
  const vault = new Vault(store.secrets, ring, log);
  const feeder = new Feeder(store, vault, log);
  store.onOwnChange((change) => feeder.take(change));
  return {
    ...{ feeder, vault },
    secrets: new Secrets(store.secrets, vault),
    gatewayId: options.gatewayId ?? "platform-gateway-id",
    plans: new Plans(store.plans, store.subscriptions),
    subscriptions: new Subscriptions(store.subscriptions, store.plans, findApi),
    tokens: new GatewayTokens(options.gatewayTokens),
    keys: new ApiKeys(store.keys, { ...keyRules, ...options.apiKeys }),
  };
}

/** Several controllers need the same key: each would make its own. */
function defaultKey(store: string): SecretKey {
  const isFile = !/^postgres(ql)?:|^:memory:$/.test(store);
  const folder = join(isFile ? dirname(store) : "data", "aesgcm-keys");
  return { version: "v1", file: join(folder, "default-aesgcm256-v1.bin") };
}
