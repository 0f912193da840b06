/**
 * The filter that stands before the HTTP connection manager and refuses lines that its parser would mend (`sdk/connection/`).
 * It sees what a client sent after TLS.
 */
import { readFileSync } from "node:fs";
import { installed } from "../../installed.ts";
import { any, type JsonObject } from "../protos.ts";
import { plugin } from "./plugin.ts";

const name = "strict-reader";

let made: JsonObject | null = null;

/** The module does not change while this process runs. */
export const strictReader = (): JsonObject => (made ??= make());

const make = (): JsonObject => ({
  name,
  typed_config: any("envoy.extensions.filters.network.wasm.v3.Wasm", {
    config: plugin({ name, rootId: name, vmId: `sluice.${name}`, bytes: module() }),
  }),
});

const module = (): Uint8Array => readFileSync(installed("dist/connection.wasm"));
