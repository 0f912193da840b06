/** Random chains and scenarios from a seed: the same seed gives the same plan. */
import type { Chain, ChainLink } from "../../host-sim/index.ts";
import { dice, type Dice } from "./dice.ts";
import { self, type Pairs, type Plan, type Scenario, type UpstreamPlan } from "./scenario.ts";

/** So many chains are loaded at a time. */
const chainCount = 24;

export function generate(seed: number, count: number): Plan {
  const d = dice(seed);
  const chains = Array.from({ length: chainCount }, () => chain(d));
  const scenarios = Array.from({ length: count }, () => scenario(d, chains));
  return { chains, scenarios };
}

const probes = ["probe-headers", "probe-bodies", "probe-chunks"];
const names = [
  "x-a",
  "x-b",
  "X-Mixed-Case",
  "accept",
  "cookie",
  "set-cookie",
  "content-type",
  "cache-control",
  "user-agent",
  "via",
  "vary",
  "authorization",
  "x-forwarded-host",
  "etag",
  "link",
  "x-empty",
];
const values = [
  "1",
  "two",
  "a,b",
  "",
  "x=y",
  "caf\u00e9",
  "\u00c3\u00a9",
  " padded ",
  "tab\there",
  "\u00ff",
  '"q"',
];
const texts = ["", "x", "hello", "Grüße", "line\nbreak", "0123456789".repeat(40)];
const paths = [
  "",
  "a",
  "a?b=c",
  "a/b/../c",
  "%41?x=%20",
  "a?b=c;d",
  "a//b",
  "caf%C3%A9",
  "./a/%2e%2E/b",
  "a%20b",
  "x~y|z",
];
const properties = [
  "request.path",
  "request.url_path",
  "request.query",
  "request.host",
  "request.method",
  "request.scheme",
  "request.headers.x-a",
  "request.headers.cookie",
  "request.protocol",
  "request.useragent",
  "request.nothing",
  "response.code_details",
  "response.headers.x-a",
  "plugin_root_id",
  "connection.requested_server_name",
];
const numbers = [
  "response.code",
  "request.size",
  "request.total_size",
  "response.flags",
  "response.grpc_status",
];

function chain(d: Dice): Chain {
  const links: ChainLink[] = [];
  const length = d.below(3) + 1;
  for (let i = 0; i < length; i++) {
    links.push({ name: d.pick(probes), version: "v1", params: { slot: `s${i + 1}` } });
    if (d.chance(0.4)) links.splice(d.below(links.length + 1), 0, setHeaders(d));
  }
  return { policies: links };
}

const setHeaders = (d: Dice): ChainLink => ({
  name: "set-headers",
  version: "v1",
  params: { [d.chance(0.5) ? "request" : "response"]: { headers: d.list(3, () => change(d)) } },
});

const change = (d: Dice) => ({
  name: d.pick(names).replace("content-type", "x-c"),
  value: d.pick(["1", "two", "a,b", "x=y"]),
  mode: d.chance(0.5) ? "set" : "append",
});

function scenario(d: Dice, chains: readonly Chain[]): Scenario {
  const chain = d.chance(0.02) ? -1 : d.below(chains.length);
  const method = d.pick([
    "GET",
    "GET",
    "POST",
    "POST",
    "PUT",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "PATCH",
  ]);
  const scripts: Record<string, string[]> = {};
  for (const link of chains[chain]?.policies ?? []) {
    const { slot } = (link.params ?? {}) as { slot?: string };
    if (slot) scripts[slot] = script(d, link.name);
  }
  // A HEAD that a filter makes another method is answered with a body that its client cannot read: the connection breaks,
  // and what is left of it differs with the timing. Nor is there a body that could break off.
  if (method === "HEAD")
    for (const slot in scripts)
      scripts[slot] = scripts[slot]!.filter((one) => !one.includes("~method~"));
  const hasBody = method !== "GET" && method !== "HEAD" && d.chance(0.8);
  const sent = hasBody ? body(d) : undefined;
  // How much of a body too large has been read when it is refused depends on the reads.
  if (sent && sent.length > 32_000)
    for (const slot in scripts)
      scripts[slot] = scripts[slot]!.filter((one) => !/request\.(total_)?size/.test(one));
  // Which comes first, the answer to a call or the byte that is too much to hold, is the network's choice.
  const calls = Object.values(scripts).some((one) => one.join().includes("~call~"));
  const sized = (plan: string | string[]) =>
    calls && plan.length > 32_000 ? "z".repeat(16_000) : plan;
  const answer = upstream(d, method);
  const pieces = Array.isArray(sent) ? sent.filter((one) => one !== "").length : 0;
  const end = d.next();
  const breaksOff = pieces > 0 && end > 0.85;
  return {
    chain,
    method,
    path: d.pick(paths),
    headers: d.chance(0.7) ? headers(d, 5) : [],
    ...(sent !== undefined && { body: sized(sent) }),
    ...(pieces > 0 && end < 0.25 && { trailers: trailers(d) }),
    ...(breaksOff && { breaksOff: d.below(pieces) + 1, pieceDelayMs: 60 }),
    scripts,
    upstream: { ...answer, body: sized(answer.body) },
    ...(!breaksOff && d.chance(0.02) && { hangUp: true }),
  };
}

export const trailers = (d: Dice): Pairs =>
  d.list(2, () => [d.pick(["x-t", "x-a", "grpc-status", "digest"]), d.pick(["1", "two", "a,b"])]);

const headers = (d: Dice, most: number): Pairs =>
  d.list(most, () => [d.pick(names), d.pick(values).trim()]);

function body(d: Dice): string | string[] {
  if (d.chance(0.03)) return "z".repeat(d.pick([32_000, 32_768, 32_769, 40_000, 100_000]));
  return d.chance(0.5) ? d.pick(texts) : d.list(4, () => d.pick(texts));
}

function upstream(d: Dice, method: string): UpstreamPlan {
  const plan: UpstreamPlan = {
    status: d.pick([200, 200, 200, 201, 204, 304, 301, 404, 500, 503]),
    headers: d.chance(0.6) ? headers(d, 4) : [],
    body: body(d),
  };
  if (d.chance(0.02)) plan.breaks = "before-headers";
  else if (d.chance(0.02) && method !== "HEAD")
    Object.assign(plan, { breaks: "mid-body", status: 200, body: ["part", "rest"] });
  return plan;
}

/** The phases of each probe in which it has something to say. */
const phases: Record<string, string> = {
  "probe-headers": "qqqppplae",
  "probe-bodies": "qqbbbppdddlae",
  "probe-chunks": "qqccppkkl",
};

const script = (d: Dice, probe: string): string[] =>
  d.list(6, () => statement(d, d.pick([...phases[probe]!])), d.chance(0.1) ? 0 : 1);

function statement(d: Dice, phase: string): string {
  const name = d.pick(names);
  const text = d.pick(["", "x", "new", "Some Text"]);
  if (phase === "c" || phase === "k")
    return `${phase}~${d.pick(["upper", "upper", "last", "empty"])}`;
  const anywhere = () => (d.chance(0.5) ? `prop~${d.pick(properties)}` : `int~${d.pick(numbers)}`);
  if (phase === "l") return `l~${anywhere()}`;
  const inward = "qba".includes(phase);
  const onHeaders = () =>
    d.pick([
      `set~${name}~${d.pick(values)}`,
      `add~${name}~${d.pick(values)}`,
      `del~${name}`,
      `get~${name}`,
      "dump",
    ]);
  const onBody = () => d.pick(["body", `replace~${text}`, `append~${text}`]);
  const answers = () =>
    d.pick([
      `deny~${d.pick([400, 403, 429, 503])}~no`,
      `reply~${d.pick([200, 202, 302, 404])}~${name}~v~${text}`,
    ]);
  const special = () =>
    inward
      ? d.pick([
          `path~/c0/${d.pick(paths)}`,
          "method~PUT",
          "host~other.example",
          "reroute",
          "path~/nowhere",
        ])
      : `status~${d.pick([200, 203, 404, 418])}`;
  const roll = d.next();
  if (roll < 0.45) return `${phase}~${onHeaders()}`;
  if (roll < 0.6) return `${phase}~${anywhere()}`;
  if (roll < 0.75 && (phase === "b" || phase === "d")) return `${phase}~${onBody()}`;
  if (roll < 0.82) return `${phase}~${special()}`;
  if (roll < 0.86) return `${phase}~${answers()}`;
  if (roll < 0.97 && phase !== "a" && phase !== "e") return `${phase}~${call(d)}`;
  if (roll < 0.98) return `${phase}~fail`;
  return `${phase}~${onHeaders()}`;
}

function call(d: Dice): string {
  const cluster = d.pick(["answers", "answers", "answers", "refuses", "hangs", "breaks", "nobody"]);
  const timeout = cluster === "hangs" ? 150 : 5000;
  const answer = `${d.pick([200, 204, 403, 500])}/${d.pick(["", "body", "more body"])}`;
  return `call~${cluster}~/called/${self}~${timeout}~${answer}~${d.pick(["", "sent"])}`;
}
