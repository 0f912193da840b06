/** Random scenarios for a bare module: any hostcall in any phase, right or wrong. Its script comes with the request. */
import { dice, type Dice } from "./dice.ts";
import { trailers } from "./generate.ts";
import { self, type Pairs, type Plan, type Scenario } from "./scenario.ts";

export function generateRaw(seed: number, count: number): Plan {
  const d = dice(seed);
  return { chains: null, scenarios: Array.from({ length: count }, () => scenario(d)) };
}

const names = ["x-a", "x-b", "X-Mixed", "cookie", "content-type", "via", ":path", "etag", ""];
const values = ["1", "two", "a b", "", "x=y", "%7e"];
const bodies = ["", "x", "hello", "0123456789".repeat(30)];
const properties = [
  ...["request.path", "request.method", "request.headers.x-a", "request.size"],
  ...["request.total_size", "request.url_path", "request.query", "request.useragent", "request"],
  ...["response.code", "response.code_details", "response.headers.x-a", "response.size"],
  ...["response.flags", "response.trailers", "request.trailers", "connection.mtls", "source"],
  ...["plugin_root_id", "plugin_name", "listener_direction", "node.id.nothing"],
  ...["upstream.tls_version", "connection_termination_details", "wasm.x-@@", "x-own", "nothing"],
].map((path) => path.replaceAll(".", "\\0"));

function scenario(d: Dice): Scenario {
  const method = d.pick(["GET", "GET", "POST", "POST", "PUT", "DELETE", "OPTIONS"]);
  const body = method !== "GET" && d.chance(0.8) ? bodyOf(d) : undefined;
  const pieces = Array.isArray(body);
  const end = d.next();
  const status = d.pick([200, 200, 201, 204, 304, 404, 503]);
  return {
    chain: 0,
    method,
    path: d.pick(["", "a", "a?b=c", "a/b"]),
    headers: d.chance(0.6) ? headers(d) : [],
    ...(body !== undefined && { body }),
    ...(pieces && { pieceDelayMs: 60 }),
    ...(pieces && end < 0.5 && { trailers: trailers(d) }),
    ...(pieces && end > 0.8 && { breaksOff: d.below(body.length) + 1 }),
    scripts: { script: script(d) },
    upstream: { status, headers: d.chance(0.5) ? headers(d) : [], body: d.pick(bodies) },
  };
}

/** Pieces come with a pause between them, and take their time: they are few. */
const bodyOf = (d: Dice): string | string[] =>
  d.chance(0.15) ? d.list(3, () => d.pick(["x", "hello", "a body"])) : d.pick(bodies);

/** A body that was held and let go is memory that Envoy no longer has: what is read there is whatever was there last. */
function script(d: Dice): string[] {
  // A client waits for the rest of a body that is shorter than it says.
  const free = d.list(8, () => statement(d)).filter((one) => !/ sbuf 1\|0\|/.test(one));
  // What an upstream makes of a body that is longer than it says is the network's choice: here it says nothing.
  if (free.some((one) => / sbuf 0\|/.test(one))) free.unshift("rqh rem 0|content-length");
  if (!d.chance(0.3)) return free;
  return [...free.filter((one) => !/ (s?buf|bst) /.test(one)), waits(d)];
}

const headers = (d: Dice): Pairs =>
  d.list(3, () => [d.pick(["x-a", "x-b", "cookie", "etag", "x-own"]), d.pick(values)]);

const phases = ["rqh", "rqh", "rqb", "rqt", "rsh", "rsh", "rsb", "call", "log", "done", "del"];

const statement = (d: Dice): string => `${d.pick(phases)} ${operation(d)}`;

function operation(d: Dice): string {
  const map = d.below(8);
  const name = d.pick(names);
  const value = d.pick(values);
  const numbers = [0, 0, 1, 3, 100, 4_294_967_295];
  return d.pick<() => string>([
    () => `get ${map}|${name}`,
    // A header without a name is sent on, and what comes of it is the upstream's affair.
    () => `add ${map}|${name || "x-a"}|${value}`,
    () => `rep ${map}|${name || "x-b"}|${value}`,
    () => `rem ${map}|${name}`,
    () => `pairs ${map}`,
    () => `size ${map}`,
    // 8, what a foreign function was called with, is memory that Envoy has freed: reading it can end the process.
    () => `buf ${d.below(8)}|${d.pick(numbers)}|${d.pick(numbers)}`,
    () => `bst ${d.below(2)}`,
    () => `sbuf ${d.below(2)}|${d.pick(numbers)}|${d.pick(numbers)}|${d.pick(["", "new", "AB"])}`,
    () => `prop ${d.pick(properties)}`,
    () => `prop ${d.pick(properties)}`,
    () => `sprop ${d.pick(["x-own", "x-@@", "request\\0path"])}|${value}`,
    () => `sget k-${self}`,
    () => `sset k-${self}|${value}|${d.pick([0, 0, 1, 2])}`,
    () => `count ${d.below(4)}|m-${self}|${d.pick([0, 1, 5, -2])}|${d.pick([0, 7])}`,
    () => `level`,
    () => `eff ${d.pick(["mine", "999999"])}`,
    () => `qres |q-${self}`,
    () => `qput 9999|x`,
    () => `qget 9999`,
    () => `done`,
    () => `foreign ${d.pick(["nothing", "clear_route_cache", "expr_delete", "uncompress"])}|00`,
    // Whether the answer to a call that nothing waits for comes before the upstream's is the network's choice.
    () => `call nobody|${call(d)}`,
    () => `gcall nobody|pets.Pets|0|${d.pick(["", "sent"])}`,
  ])();
}

/** Headers of a call, whole or with something missing, its body and its time-out. */
function call(d: Dice): string {
  const whole = `:method=GET,:path=/called/${self},:authority=c,x-answer=${d.pick([200, 404])}/b`;
  return `${d.chance(0.85) ? whole : d.pick(["", ":method=GET", ":path=/"])}|${d.pick(["", "sent"])}|5000`;
}

/** Something that holds the request and lets it go, or answers it: one whole, that means something else in parts. */
function waits(d: Dice): string {
  const reply = `reply ${d.pick([200, 403, 503])}|${d.pick(["", "why"])}|${d.pick(["", "no"])}|x-r=1`;
  const call = `call answers|:method=GET,:path=/called/${self},:authority=c||5000`;
  const code = d.pick([0, 0, 5, 14]);
  const remote = `gcall remote|pets.Pets|${code}~${self}|${d.pick(["", "a dog"])}`;
  const told = d.pick(["", "grpc buf 5|0|99;gend status;"]);
  return d.pick<() => string>([
    () => `rqh ${remote};rqh ret 1;rqb ret 1;rqt ret 1;${told}${grpcEnds("cont 0")}`,
    () => `rqh ${remote};rqh ret 1;rqb ret 1;rqt ret 1;${told}${grpcEnds(reply)}`,
    // The body has to wait too: a piece that goes on lets the headers go.
    () => `rqh ${call};rqh ret 1;rqb ret 1;rqt ret 1;call eff mine;call cont 0`,
    () => `rsh ${call};rsh ret 1;rsb ret 1;call eff mine;call cont 1`,
    () => `rqh ${call};rqh ret 1;rqb ret 1;rqt ret 1;call eff mine;call ${reply}`,
    () => `${d.pick(["rqh", "rqh", "rsh", "rqb"])} ${reply}`,
    () => `${d.pick(["rqh", "rsh"])} close ${d.below(2)}`,
  ])();
}

/** A message, or the end without one: only one of them comes. */
const grpcEnds = (then: string): string =>
  ["grpc", "gend"].map((phase) => `${phase} eff mine;${phase} ${then}`).join(";");
