/** What a RestApi may ask of its traffic beyond the contract: retries, a split over several upstreams, mirroring. */
import type { Reader } from "./reader.ts";
import { readDuration } from "./duration.ts";
import type { UpstreamDefinition } from "./shared.ts";

export interface Traffic {
  retries: Retries | null;
  /** Weights per upstream definition, beside or instead of `upstream.main`. */
  split: { upstream: string; weight: number }[];
  mirror: { upstream: string; percent: number } | null;
  /** Whether clients may change to a WebSocket. Null: where no policy reads bodies, of which none would see anything. */
  webSocket: boolean | null;
}

export interface Retries {
  attempts: number;
  on: RetryCondition[];
  perTryTimeoutMs: number | null;
}

export const retryConditions = [
  "5xx",
  "gateway-error",
  "reset",
  "connect-failure",
  "refused-stream",
  "retriable-4xx",
  "retriable-status-codes",
] as const;
export type RetryCondition = (typeof retryConditions)[number];

export function readTraffic(reader: Reader, definitions: UpstreamDefinition[]): Traffic {
  if (!reader.absent) reader.isObject();
  const upstream = (item: Reader): string => {
    const field = item.at("upstream").required();
    const name = field.text() ?? "";
    if (name && !definitions.some((definition) => definition.name === name))
      field.fail(`names no entry of spec.upstreamDefinitions, found "${name}"`);
    return name;
  };
  const split = reader.at("split");
  const mirror = reader.at("mirror");
  const traffic: Traffic = {
    retries: reader.has("retries") ? readRetries(reader.at("retries")) : null,
    split: split.items().map((item) => {
      const part = {
        upstream: upstream(item),
        weight: item.at("weight").required().integer(0, 1_000_000) ?? 0,
      };
      item.done();
      return part;
    }),
    mirror: mirror.absent
      ? null
      : { upstream: upstream(mirror), percent: mirror.at("percent").integer(0, 100) ?? 100 },
    webSocket: reader.at("webSocket").flag(),
  };
  if (traffic.split.length > 0 && traffic.split.every(({ weight }) => weight === 0))
    split.fail("must have at least one weight above 0");
  mirror.done();
  reader.done();
  return traffic;
}

function readRetries(reader: Reader): Retries {
  reader.isObject();
  const retries = {
    attempts: reader.at("attempts").required().integer(0, 10) ?? 0,
    on: reader
      .at("on")
      .items()
      .map((item) => item.oneOf(retryConditions) ?? "connect-failure"),
    perTryTimeoutMs: readDuration(reader.at("perTryTimeout"), { positive: true }),
  };
  reader.done();
  return { ...retries, on: retries.on.length ? retries.on : ["connect-failure", "refused-stream"] };
}
