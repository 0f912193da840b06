/**
 * A wasm module with what Envoy is told of it, for HTTP and network filters alike.
 *
 * The bytes are inline: after start-up Envoy acknowledges `code.remote` without ever fetching it, and everything passes
 * with no filter at all. A VM that dies lets nothing pass, and is made anew.
 */
import { readSections } from "../../modules/sections.ts";
import type { JsonObject } from "../protos.ts";

export interface Plugin {
  name: string;
  bytes: Uint8Array;
  rootId: string;
  /** Modules with the same `vmId` share their shared data. */
  vmId: string;
  /** Envoy acknowledges and ignores a resource identical to one it refused: a retry counts this up. */
  attempt?: number;
}

/** Below 2 ms Envoy itself dies at the first reload; the default of 1 s is 1 s of 503. */
const reloadIntervalMs = 10;

export const plugin = ({ name, bytes, rootId, vmId, attempt = 0 }: Plugin): JsonObject => ({
  name,
  root_id: rootId,
  failure_policy: "FAIL_RELOAD",
  reload_config: {
    backoff: {
      base_interval: `${reloadIntervalMs / 1000}s`,
      max_interval: `${(10 * reloadIntervalMs + attempt) / 1000}s`,
    },
  },
  vm_config: {
    vm_id: vmId,
    runtime: "envoy.wasm.runtime.v8",
    code: { local: { inline_bytes: Buffer.from(bytes).toString("base64") } },
    capability_restriction_config: {
      allowed_capabilities: Object.fromEntries(capabilities(bytes).map((name) => [name, {}])),
    },
  },
});

/** The hostcalls a module imports and the callbacks it exports: all that it is allowed. */
export function capabilities(bytes: Uint8Array): string[] {
  const { imports, exports } = readSections(bytes);
  const callbacks = exports.filter(({ name }) => name.startsWith("proxy_"));
  return [...new Set([...imports, ...callbacks].map(({ name }) => name))].sort();
}
