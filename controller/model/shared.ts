/** The pieces that several kinds share: upstreams and their definitions, resilience, policy references. */
import { readDuration } from "./duration.ts";
import { notInPaths, quote, Reader } from "./reader.ts";
import { readSettings, type UpstreamSettings } from "./upstream-settings.ts";

export interface Upstream {
  /** Exactly one of the two is set. */
  url: string | null;
  ref: string | null;
  hostRewrite: "auto" | "manual";
}

export interface UpstreamDefinition {
  name: string;
  basePath: string;
  connectTimeoutMs: number | null;
  targets: { url: string; weight: number | null }[];
  settings: UpstreamSettings;
}

export interface Resilience {
  /** 0 disables; null leaves it to the gateway. */
  timeoutMs: number | null;
  idleTimeoutMs: number | null;
}

export interface PolicyReference {
  name: string;
  version: string;
  executionCondition: string | null;
  params: Record<string, unknown>;
  /** Where in the document it stands, for messages. */
  field: string;
}

/** One of the gateway's own policies that a document goes without. */
export interface WithoutPolicy {
  name: string;
  field: string;
}

export function readUpstream(reader: Reader, definitions: UpstreamDefinition[]): Upstream {
  reader.required();
  reader.isObject();
  const [url, ref] = [reader.at("url"), reader.at("ref")];
  if (!reader.absent && url.absent === ref.absent)
    reader.fail("must have exactly one of url and ref");
  checkUrl(url, { withPath: true });
  const name = ref.text();
  if (name !== null && !definitions.some((definition) => definition.name === name))
    ref.fail(`names no entry of spec.upstreamDefinitions, found "${name}"`);
  const hostRewrite = reader.at("hostRewrite").oneOf(["auto", "manual"] as const) ?? "auto";
  reader.done();
  return { url: url.text(), ref: name, hostRewrite };
}

export function readUpstreamDefinitions(list: Reader): UpstreamDefinition[] {
  const seen = new Set<string>();
  return list.items().map((item) => {
    const name = item.at("name").required();
    const text = name.text({ max: 100, pattern: /^[a-zA-Z0-9\-_]+$/ }) ?? "";
    if (seen.has(text)) name.fail(`is used twice, found "${text}"`);
    seen.add(text);
    const base = item.at("basePath");
    const basePath = base.text({
      pattern: /^\/.*[^/]$/,
      says: "must start with / and not end with one",
    });
    if (basePath !== null && notInPaths.test(basePath))
      base.fail(`must not have whitespace, control characters, ? or #, found ${quote(basePath)}`);
    const timeout = item.at("timeout");
    timeout.isObject();
    const connectTimeoutMs = readDuration(timeout.at("connect"), { positive: true });
    timeout.done();
    const list = item.at("upstreams").required();
    const targets = list.items({ min: 1 }).map((target) => {
      const url = target.at("url").required();
      checkUrl(url, { withPath: false });
      const weight = target.at("weight").integer(0, 100);
      target.done();
      return { url: url.text() ?? "", weight };
    });
    const schemes = new Set(targets.map(({ url }) => url.split(":")[0]));
    if (schemes.size > 1)
      list.fail(`must all have the same scheme, found ${[...schemes].join(" and ")}`);
    const settings = readSettings(item.at("settings"));
    item.done();
    return { name: text, basePath: basePath ?? "", connectTimeoutMs, targets, settings };
  });
}

function checkUrl(reader: Reader, { withPath }: { withPath: boolean }): void {
  const text = reader.text();
  if (text === null) return;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname || !/^https?:\/\//i.test(text))
    reader.fail(`must be an http or https URL with a host, found "${text}"`);
  else if (url.port === "0") reader.fail(`must have a port from 1 to 65535, found "${text}"`);
  else if (url.username || url.password) reader.fail(`must not carry credentials`);
  else if (!withPath && !/^https?:\/\/[^/?#]+$/i.test(text))
    reader.fail(`must be scheme://host[:port] only, found "${text}"`);
  else if (url.search || url.hash)
    reader.fail(`must not have a query or fragment, found "${text}"`);
}

export function readResilience(reader: Reader): Resilience {
  if (!reader.absent) reader.isObject();
  const resilience = {
    timeoutMs: readDuration(reader.at("timeout")),
    idleTimeoutMs: readDuration(reader.at("idleTimeout")),
  };
  reader.done();
  return resilience;
}

/** Names of the gateway's own policies; which there are, only the gateway knows. */
export const readWithout = (list: Reader): WithoutPolicy[] =>
  list.items().map((item) => ({
    name: item.required().text({ max: 253 }) ?? "",
    field: item.path,
  }));

export function readPolicies(list: Reader): PolicyReference[] {
  return list.items().map((item) => {
    item.isObject();
    const name = item.at("name").required().text({ max: 253 }) ?? "";
    // An empty version means the newest one, though the documents ask for a version.
    const version = item.at("version").required();
    const text = version.text({
      min: 0,
      pattern: /^(v\d+)?$/,
      says: "must be a major version only, for example v1",
    });
    const condition = item.at("executionCondition").text({ max: 8192 });
    const params = item.at("params");
    if (!params.absent) params.isObject();
    item.done();
    return {
      name,
      version: text ?? "",
      executionCondition: condition,
      params: (params.absent ? {} : params.raw()) as Record<string, unknown>,
      field: item.path,
    };
  });
}
