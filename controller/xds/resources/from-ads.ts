/** "It comes over the stream that all else comes over." */
import type { JsonObject } from "../protos.ts";

export const fromAds: JsonObject = { ads: {}, resource_api_version: "V3" };
