/** zlib, as `compress2` and `uncompress` of the C library. */
import { deflateSync, inflateSync } from "node:zlib";
import { Status } from "../../sdk/abi.ts";
import type { ForeignFunctions } from "./foreign-function.ts";

export const compression: ForeignFunctions = {
  compress: (_vm, bytes) => deflateSync(bytes),

  uncompress(_vm, bytes) {
    try {
      return inflateSync(bytes);
    } catch {
      return Status.SerializationFailure;
    }
  },
};
