import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate, type Answer, type Request } from "../../host-sim/index.ts";
import { eventually } from "../eventually.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { facts, type Fact } from "./fixtures/facts.ts";
import { signatureFacts } from "./fixtures/signature-facts.ts";
import { probeFilter } from "./fixtures/probe.ts";

const envoy = envoyRunner();
let module: Uint8Array;

beforeAll(async () => {
  module = await probeFilter();
});
afterAll(() => envoy.close());

/** Values that differ from run to run, from machine to machine, or with the route's timeout. */
const passing = new Set([
  "connection",
  "date",
  "x-envoy-expected-rq-timeout-ms",
  "x-envoy-upstream-service-time",
  "x-forwarded-for",
  "x-request-id",
]);

const steady = (pairs: readonly (readonly [string, string])[]): string[] =>
  pairs.filter(([name]) => !passing.has(name)).map(([name, value]) => `${name}: ${value}`);

const steadyLine = (line: string): string =>
  line.replace(/(x-forwarded-for|x-envoy-expected-rq-timeout-ms)=\S+/g, "$1=*");

type Seen = Pick<Answer, "status" | "headers" | "text" | "upstream">;

const view = ({ status, headers, text, upstream }: Seen): object => ({
  status,
  headers: steady(headers),
  text,
  upstream: upstream && {
    method: upstream.method,
    path: upstream.path,
    headers: steady(upstream.headers),
    body: Buffer.from(upstream.body).toString("latin1"),
  },
});

type Loading = Parameters<typeof simulate>[0];

const setup = ({ script, upstream, clusters }: Fact, tag: string): Loading => ({
  module,
  configuration: `tag ${tag}\n${script}`,
  rootId: "probe",
  serverName: "sluice",
  errors: "text",
  ...(upstream !== undefined && { upstream }),
  ...(clusters && { clusters }),
});

const requestOf = (fact: Fact): Request => fact.request ?? { path: "/" };

/** The probe's own lines. Both hosts configure a module more than once: in a canary, and in each thread. */
function linesOf(logs: readonly string[], tag: string): string[] {
  const mark = `PROBE${tag} `;
  const own = logs
    .filter((line) => line.includes(mark))
    .map((line) => steadyLine(line.slice(line.indexOf(mark) + mark.length)));
  const isConfiguring = (line: string): boolean => line.startsWith("cfg");
  // The first to end is the canary's root, at any time.
  const streams = own.filter((line) => !isConfiguring(line));
  const first = streams.findIndex((line) => !/^(done|del)\b/.test(line));
  return [...new Set(own.filter(isConfiguring)), ...streams.slice(Math.max(0, first))];
}

interface Outcome {
  answer: object;
  lines: string[];
}

async function inSimulator(fact: Fact, tag: string): Promise<Outcome> {
  const gateway = await simulate(setup(fact, tag));
  const answer = await gateway.request(requestOf(fact));
  const logs = gateway.logs.map(({ message }) => message);
  await gateway.close();
  return { answer: view(answer), lines: linesOf(logs, tag) };
}

/** Envoy logs the end of a stream after the client has its answer. */
async function inEnvoy(fact: Fact, tag: string, count: number): Promise<Outcome> {
  const loaded = await envoy.load(setup(fact, tag) as Parameters<typeof envoy.load>[0]);
  try {
    const answer = await loaded.request(requestOf(fact) as Parameters<typeof loaded.request>[0]);
    const lines = await eventually(() => {
      const found = linesOf(loaded.logs(), tag);
      const ended = fact.script.includes("trap") || found.at(-1)?.startsWith("del");
      if (!ended || found.length < count) throw new Error(`Envoy logs ${found.length} lines`);
      return found;
    });
    return { answer: view(answer as Seen), lines };
  } finally {
    await loaded.close();
  }
}

describe("the simulator does as Envoy does", () => {
  test.each(
    [...facts, ...signatureFacts].map((fact, index) => ({
      fact,
      name: fact.name,
      tag: `#${index}`,
    })),
  )("$name", async ({ fact, tag }) => {
    const simulated = await inSimulator(fact, tag);
    expect(simulated).toEqual(await inEnvoy(fact, tag, simulated.lines.length));
  });
});
