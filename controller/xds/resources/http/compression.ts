/** Compresses text-like answers, as Envoy knows them by their type, for clients that accept gzip. */
import { any, type JsonObject } from "../../protos.ts";

export const compression: JsonObject = {
  name: "compression",
  typed_config: any("envoy.extensions.filters.http.compressor.v3.Compressor", {
    response_direction_config: {
      common_config: {
        min_content_length: 1_024,
      },
      disable_on_etag_header: true,
    },
    compressor_library: {
      name: "gzip",
      typed_config: any("envoy.extensions.compression.gzip.compressor.v3.Gzip"),
    },
  }),
};
