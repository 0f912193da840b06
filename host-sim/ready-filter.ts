/** From a filter as a test writes it to the settings of a VM and a plugin. */
import { toByteString } from "./bytes.ts";
import type { FilterSetup } from "./setup.ts";
import type { WasmModule } from "./module/module.ts";
import { pluginKey } from "./wasm/plugin.ts";
import type { FilterSettings } from "./wasm/worker.ts";

export const gatewayRootId = "sluice.gateway";

const text = (configuration: string | object | undefined, otherwise: string): string =>
  toByteString(
    configuration === undefined
      ? otherwise
      : typeof configuration === "string"
        ? configuration
        : JSON.stringify(configuration),
  );

export function readyFilter(
  setup: FilterSetup,
  module: WasmModule,
  byRoute: boolean,
): FilterSettings {
  const plugin = {
    name: setup.name ?? "policies",
    rootId: setup.rootId ?? (byRoute ? gatewayRootId : "plain"),
    configuration: text(setup.configuration, "{}"),
    failurePolicy: setup.failurePolicy ?? ("reload" as const),
    headersStopIteration: setup.headersStopIteration ?? true,
    reload: { baseMs: setup.reload?.baseMs ?? 10, maxMs: setup.reload?.maxMs ?? 100 },
  };
  return {
    vm: {
      module,
      vmId: setup.vmId ?? "sluice",
      configuration: text(setup.vmConfiguration, ""),
      environment: setup.environment ?? {},
      capabilities: setup.capabilities ? new Set(setup.capabilities) : null,
    },
    plugin: { ...plugin, key: pluginKey(plugin) },
  };
}
