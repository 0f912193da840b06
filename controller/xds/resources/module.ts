/**
 * A wasm module as an HTTP filter that is delivered by ECDS.
 *
 * The bytes are inline: after start-up Envoy acknowledges `code.remote` without ever fetching it, and every request
 * passes with no filter at all.
 */
import { readSections } from "../../modules/sections.ts";
import { any, type JsonObject } from "../protos.ts";

export interface ModuleFilter {
  /** The name that the listener's filter asks for. */
  name: string;
  bytes: Uint8Array;
  /** `sluice.gateway` makes the engine take each route's chain from the route's metadata. */
  rootId: string;
  /** Modules with the same `vmId` share their shared data. */
  vmId?: string;
  /** A string goes as it is, anything else as JSON. */
  configuration?: JsonObject | string;
  /** Envoy acknowledges and ignores a resource identical to one it refused: a retry counts this up. */
  attempt?: number;
}

/** Below 2 ms Envoy itself dies at the first reload; the default of 1 s is 1 s of 503. */
const reloadIntervalMs = 10;

export const moduleFilter = (filter: ModuleFilter): JsonObject => ({
  name: filter.name,
  typed_config: any("envoy.extensions.filters.http.wasm.v3.Wasm", {
    config: {
      name: filter.name,
      root_id: filter.rootId,
      failure_policy: "FAIL_RELOAD",
      reload_config: {
        backoff: {
          base_interval: `${reloadIntervalMs / 1000}s`,
          max_interval: `${(10 * reloadIntervalMs + (filter.attempt ?? 0)) / 1000}s`,
        },
      },
      allow_on_headers_stop_iteration: true,
      configuration: any("google.protobuf.StringValue", {
        value:
          typeof filter.configuration === "string"
            ? filter.configuration
            : JSON.stringify(filter.configuration ?? {}),
      }),
      vm_config: {
        vm_id: filter.vmId ?? "sluice",
        runtime: "envoy.wasm.runtime.v8",
        code: { local: { inline_bytes: Buffer.from(filter.bytes).toString("base64") } },
        capability_restriction_config: {
          allowed_capabilities: Object.fromEntries(
            capabilities(filter.bytes).map((name) => [name, {}]),
          ),
        },
      },
    },
  }),
});

/** The hostcalls a module imports and the callbacks it exports: all that it is allowed. */
export function capabilities(bytes: Uint8Array): string[] {
  const { imports, exports } = readSections(bytes);
  const callbacks = exports.filter(({ name }) => name.startsWith("proxy_"));
  return [...new Set([...imports, ...callbacks].map(({ name }) => name))].sort();
}
