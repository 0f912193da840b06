/** Rules of Envoy's access control, put together. */
import type { JsonObject } from "../../protos.ts";

export const both = (...rules: JsonObject[]): JsonObject => ({ and_rules: { rules } });
