/** A wasm module as an HTTP filter that is delivered by ECDS. */
import { any, type JsonObject } from "../protos.ts";
import { plugin, type Plugin } from "./plugin.ts";

/** `name` is the one that the listener's filter asks for; by `rootId` `sluice.gateway` the engine takes chains from routes. */
export interface ModuleFilter extends Omit<Plugin, "vmId"> {
  vmId?: string;
  /** A string goes as it is, anything else as JSON. */
  configuration?: JsonObject | string;
}

export const moduleFilter = ({ vmId, configuration = {}, ...rest }: ModuleFilter): JsonObject => ({
  name: rest.name,
  typed_config: any("envoy.extensions.filters.http.wasm.v3.Wasm", {
    config: {
      ...plugin({ ...rest, vmId: vmId ?? "sluice" }),
      allow_on_headers_stop_iteration: true,
      configuration: any("google.protobuf.StringValue", {
        value: typeof configuration === "string" ? configuration : JSON.stringify(configuration),
      }),
    },
  }),
});
