/**
 * Envoy's own protobuf messages, from the descriptor set of Envoy 1.40.
 *
 * Resources are written as proto-JSON with the field names of Envoy's documentation. Encoding is strict: an unknown
 * field, enum value or `@type` is an error that names it, so a typing mistake never reaches an Envoy.
 */
import {
  createMutableRegistry,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
  type DescMessage,
  type JsonObject,
  type Registry,
} from "@bufbuild/protobuf";
import { DescriptorSet } from "./descriptor-set.ts";

export type { JsonObject, JsonValue } from "@bufbuild/protobuf";

export const typeUrlPrefix = "type.googleapis.com/";

/** `{"@type": …}` for a field that holds any message. */
export const any = (message: string, fields: JsonObject = {}): JsonObject => ({
  "@type": typeUrlPrefix + message,
  ...fields,
});

export interface Protos {
  message(name: string): DescMessage;
  encode(name: string, json: JsonObject): Uint8Array;
  decode(name: string, bytes: Uint8Array): JsonObject;
}

/** The files that every gateway uses; those of other messages are read when the first one comes. */
const usedFiles = [
  "envoy/service/discovery/v3/discovery.proto",
  "envoy/config/cluster/v3/cluster.proto",
  "envoy/config/endpoint/v3/endpoint.proto",
  "envoy/config/listener/v3/listener.proto",
  "envoy/config/route/v3/scoped_route.proto",
  "envoy/extensions/transport_sockets/tls/v3/tls.proto",
  "envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.proto",
  "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto",
  "envoy/extensions/filters/http/wasm/v3/wasm.proto",
  "envoy/extensions/filters/http/lua/v3/lua.proto",
  "envoy/extensions/filters/http/rbac/v3/rbac.proto",
  "envoy/extensions/filters/http/fault/v3/fault.proto",
  "envoy/extensions/filters/http/router/v3/router.proto",
  "envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation.proto",
  "envoy/extensions/access_loggers/stream/v3/stream.proto",
  "envoy/extensions/access_loggers/stats/v3/stats.proto",
  "envoy/extensions/access_loggers/filters/cel/v3/cel.proto",
  "envoy/config/trace/v3/opentelemetry.proto",
  "envoy/extensions/upstreams/http/v3/http_protocol_options.proto",
  "envoy/type/matcher/v3/http_inputs.proto",
];

/** For whoever hands on resources without looking into them. */
export const discoveryFiles = ["envoy/service/discovery/v3/discovery.proto"];

/** Takes some 50 ms: make one and hand it around. */
export function loadProtos(files: readonly string[] = usedFiles): Protos {
  const set = new DescriptorSet(files);
  const registry: Registry = {
    ...createMutableRegistry(),
    getMessage: (name) => set.message(name),
  };
  const message = (name: string): DescMessage => {
    const found = set.message(name);
    if (!found) throw new Error(`Envoy 1.40 has no message ${name}`);
    return found;
  };
  return {
    message,
    encode: (name, json) => {
      const schema = message(name);
      return toBinary(schema, fromJson(schema, json, { registry }));
    },
    decode: (name, bytes) => {
      const schema = message(name);
      const json = toJson(schema, fromBinary(schema, bytes), { registry, useProtoFieldName: true });
      return json as JsonObject;
    },
  };
}
