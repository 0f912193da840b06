/**
 * Envoy's own protobuf messages, from the descriptor set of Envoy 1.40.
 *
 * Resources are written as proto-JSON with the field names of Envoy's documentation. Encoding is strict: an unknown
 * field, enum value or `@type` is an error that names it, so a typing mistake never reaches an Envoy.
 */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  create,
  createFileRegistry,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
  type DescMessage,
  type FileRegistry,
  type JsonObject,
} from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { BinaryReader } from "@bufbuild/protobuf/wire";

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

/**
 * The files whose messages a gateway uses; what they import comes with them. All 542 files take 14 MiB more and are read
 * only when a resource holds some other message.
 */
const usedFiles = [
  "envoy/service/discovery/v3/discovery.proto",
  "envoy/config/cluster/v3/cluster.proto",
  "envoy/config/endpoint/v3/endpoint.proto",
  "envoy/config/listener/v3/listener.proto",
  "envoy/config/route/v3/scoped_route.proto",
  "envoy/extensions/transport_sockets/tls/v3/tls.proto",
  "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto",
  "envoy/extensions/filters/http/wasm/v3/wasm.proto",
  "envoy/extensions/filters/http/lua/v3/lua.proto",
  "envoy/extensions/filters/http/rbac/v3/rbac.proto",
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
  const used = readRegistry(files);
  let complete: FileRegistry | null = null;
  const everything = () => (complete ??= readRegistry(null));
  const message = (name: string): DescMessage => {
    const found = used.getMessage(name) ?? everything().getMessage(name);
    if (!found) throw new Error(`Envoy 1.40 has no message ${name}`);
    return found;
  };
  const encodeWith = (registry: FileRegistry, schema: DescMessage, json: JsonObject) =>
    toBinary(schema, fromJson(schema, json, { registry }));
  return {
    message,
    encode: (name, json) => {
      try {
        return encodeWith(used, message(name), json);
      } catch (error) {
        if (!/is not in the type registry/.test(String(error))) throw error;
        const registry = everything();
        return encodeWith(registry, registry.getMessage(name) ?? message(name), json);
      }
    },
    decode: (name, bytes) => {
      const registry = everything();
      const schema = registry.getMessage(name) ?? message(name);
      const json = toJson(schema, fromBinary(schema, bytes), { registry, useProtoFieldName: true });
      return json as JsonObject;
    },
  };
}

/**
 * The messages of some files and of those they import; of all files with `null`. Only these are parsed: all of them take
 * 0.1 s, which an Envoy that comes back would wait for.
 */
function readRegistry(files: readonly string[] | null): FileRegistry {
  const packed = splitSet(gunzipSync(readFileSync(descriptorFile())));
  const read = new Map<string, FileDescriptorProto>();
  const seen = new Set<string>();
  const keep = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const bytes = packed.get(name);
    if (!bytes) throw new Error(`Envoy 1.40 has no file ${name}`);
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    file.dependency.forEach(keep);
    // A registry wants what is imported before what imports it.
    read.set(name, file);
  };
  (files ?? [...packed.keys()]).forEach(keep);
  return createFileRegistry(create(FileDescriptorSetSchema, { file: [...read.values()] }));
}

/** The files of a descriptor set by name, not parsed: its only field is the files, and a file's first field is its name. */
function splitSet(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const set = new BinaryReader(bytes);
  while (set.pos < set.len) {
    set.tag();
    const file = set.bytes();
    const reader = new BinaryReader(file);
    reader.tag();
    files.set(reader.string(), file);
  }
  return files;
}

/** Found by walking up, because a bundle of this file runs from another folder than its source. */
function descriptorFile(): URL {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const file = new URL("controller/xds/descriptors/envoy-1.40.binpb.gz", folder);
    if (existsSync(file)) return file;
    if (folder.pathname === "/") throw new Error("envoy-1.40.binpb.gz is not installed");
  }
}
