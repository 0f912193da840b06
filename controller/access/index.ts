/** What gateways look up while they serve: opened over the store, brought to them by the feed. */
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { GatewayTokens } from "../feed/gateway-tokens.ts";
import { defaultStore, type GatewayOptions } from "../options.ts";
import type { Store } from "../store/store.ts";
import { KeyRing, type SecretKey } from "../secrets/key-ring.ts";
import { Secrets } from "../secrets/secrets.ts";
import { Vault } from "../secrets/vault.ts";
import { ApiKeys } from "./api-keys.ts";
import { keyRules } from "./key-reading.ts";
import { Consumers } from "./consumers.ts";
import { Feeder } from "../feed/feeder.ts";
import { Plans } from "./plans.ts";
import { Revocations } from "./revocations.ts";
import { Subscriptions, type FindApi } from "./subscriptions.ts";

export interface Access {
  /** Reads what documents refer to; the feed is filled after them. */
  load(): Promise<void>;
  keys: ApiKeys;
  plans: Plans;
  subscriptions: Subscriptions;
  /** How answers name this gateway. */
  gatewayId: string;
  secrets: Secrets;
  consumers: Consumers;
  revocations: Revocations;
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
  const ring = KeyRing.open(options.secretKeys ?? [defaultKey(options.store ?? defaultStore)]);
  const salt = await store.common("secret-entries", randomBytes(32).toString("hex"));
  const vault = new Vault(store.secrets, ring, salt, log);
  const feeder = new Feeder(store, vault, log);
  store.onOwnChange((change) => feeder.take(change));
  const consumers = new Consumers(store, ring);
  return {
    load: async () => {
      await vault.load();
      await consumers.reseal(vault);
    },
    ...{ feeder, vault },
    secrets: new Secrets(store.secrets, vault),
    consumers,
    revocations: new Revocations(store.revocations),
    gatewayId: options.gatewayId ?? "platform-gateway-id",
    plans: new Plans(store),
    subscriptions: new Subscriptions(store, findApi),
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
