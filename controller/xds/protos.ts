/**
 * Envoy's own protobuf messages, from the descriptor set of Envoy 1.40.
 *
 * Resources are written as proto-JSON with the field names of Envoy's documentation. Encoding is strict: an unknown
 * field, enum value or `@type` is an error that names it, so a typing mistake never reaches an Envoy.
 */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
  type DescMessage,
  type FileRegistry,
  type JsonObject,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

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

/** Unpacking takes about 0.2 s: make one and hand it around. */
export function loadProtos(packed = readFileSync(descriptorFile())): Protos {
  const registry: FileRegistry = createFileRegistry(
    fromBinary(FileDescriptorSetSchema, gunzipSync(packed)),
  );
  const message = (name: string): DescMessage => {
    const found = registry.getMessage(name);
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

/** Found by walking up, because a bundle of this file runs from another folder than its source. */
function descriptorFile(): URL {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const file = new URL("controller/xds/descriptors/envoy-1.40.binpb.gz", folder);
    if (existsSync(file)) return file;
    if (folder.pathname === "/") throw new Error("envoy-1.40.binpb.gz is not installed");
  }
}
