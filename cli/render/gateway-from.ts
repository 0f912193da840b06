/** Which gateway is meant where none is asked: its configuration and its policies. */
import { readFile } from "node:fs/promises";
import { loadConfig } from "../../controller/config/load.ts";
import { gatewayOptions } from "../../controller/config/options.ts";
import { usage } from "../errors.ts";
import { shelfModule } from "../run/shelf.ts";
import type { OfflineOptions } from "./offline.ts";

export interface GatewayMeant {
  config?: string;
  policies?: string[];
  module?: string;
}

/** Without a configuration it has the defaults, whatever lies in this folder. */
export async function gatewayFrom(
  { config: file, policies, module }: GatewayMeant,
  progress: (text: string) => void,
): Promise<Omit<OfflineOptions, "secrets">> {
  if (module !== undefined && policies !== undefined)
    throw usage("--module: has its policies already, so it does not go with --policies");
  const { config } = loadConfig(file === undefined ? { places: [], env: {} } : { file });
  return {
    ...gatewayOptions(config),
    module: module
      ? new Uint8Array(await readFile(module))
      : await shelfModule(policies ?? [], progress),
  };
}
