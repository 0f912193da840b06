/** Network filters: a module in front of `tcp_proxy` is told the same in the simulator and in Envoy, and does the same. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../host-sim/index.ts";
import { eventually } from "../eventually.ts";
import { pluginsOf, tcpEnvoy, type TcpEnvoy } from "../runners/tcp.ts";
import { probeFilter } from "./fixtures/probe.ts";

interface Fact {
  name: string;
  script: string;
  /** What the two ends do: `client hello`, `upstream hi`, `client end`, `upstream reset`. */
  steps: string[];
}

const exchange = ["client hello", "upstream world", "client end", "upstream end"];
const facts: Fact[] = [
  { name: "bytes and ends pass in both directions", script: "", steps: exchange },
  {
    name: "an upstream that ends first leaves the closing to the client",
    script: "",
    steps: ["client hello", "upstream world", "upstream end", "client end"],
  },
  { name: "a client breaks off", script: "", steps: ["client hello", "client reset"] },
  { name: "an upstream breaks off", script: "", steps: ["client hello", "upstream reset"] },
  {
    name: "buffers exist in their callback, and are edited at their ends",
    script: `new buf 2|0|9
new sbuf 2|0|0|x
down buf 2|0|100
down bst 2
down sbuf 2|0|0|<
down sbuf 2|999|0|>
down sbuf 2|2|1|x
down buf 3|0|9
up buf 3|0|100
up sbuf 3|0|2|YY
up buf 2|0|9
dclose buf 2|0|9
log buf 3|0|9`,
    steps: exchange,
  },
  {
    name: "what a filter holds of the client comes again with the rest",
    script: "down ret 1",
    steps: ["client he", "client llo", "client end", "upstream end"],
  },
  {
    name: "what a filter holds of the upstream comes again with the rest",
    script: "up ret 1",
    steps: ["upstream he", "upstream llo", "upstream end", "client end"],
  },
  { name: "a new connection that is held reaches no upstream", script: "new ret 1", steps: [] },
  {
    name: "a filter that held goes on",
    script: "new ret 1\nnew cont 2\ndown ret 1\ndown cont 2",
    steps: exchange,
  },
  ...[
    ["down", 2, "client hello"],
    ["down", 3, "client hello"],
    ["up", 2, "upstream hello"],
    ["up", 3, "upstream hello"],
  ].map(([phase, type, step]) => ({
    name: `close_stream(${type}) in ${phase} ends both sides`,
    script: `${phase} close ${type}`,
    steps: [step as string],
  })),
  { name: "a connection is refused", script: "new close 2", steps: [] },
  {
    name: "what belongs to requests does nothing",
    script: `down close 0
down close 1
down cont 0
down cont 3
down cont 7
down reply 403|a|b|
down get 0|x
down pairs 0
down add 0|a|b
down done`,
    steps: exchange,
  },
  {
    name: "properties of a connection",
    script: `${["source\\0address", "source\\0port", "destination\\0address", "connection\\0id", "connection_id", "upstream\\0address", "xds\\0node", "xds\\0cluster_name"].map((path) => `new has ${path}\nup has ${path}`).join("\n")}
new prop connection\\0mtls
new prop request\\0path
new prop response\\0code
new prop plugin_name
new sprop a|b
new prop a
log prop a`,
    steps: exchange,
  },
  { name: "a trap closes the connection", script: "down trap", steps: ["client hello"] },
];

const configuration = ({ script }: Fact, index: number): string => `tag #${index}\n${script}`;

let module: Uint8Array;
let envoy: TcpEnvoy;
beforeAll(async () => {
  module = await probeFilter();
  envoy = await tcpEnvoy(pluginsOf(module, facts.map(configuration)));
});
afterAll(() => envoy.close());

const linesOf = (logs: readonly string[], tag: string): string[] => {
  const own = logs.flatMap((line) => line.split(`PROBE${tag} `).slice(1));
  // The canary's root and the main thread's end at any time.
  const first = own.findIndex((line) => line.startsWith("new"));
  return own.slice(first < 0 ? own.length : first);
};

interface End {
  text: string;
  ended: boolean;
}

interface Outcome {
  lines: string[];
  client: End;
  upstream: End | null;
}

/** The outcome, and how much there was to see after each step. */
async function inSimulator(fact: Fact, index: number): Promise<[Outcome, seen: Outcome[]]> {
  const gateway = await simulate({
    ...{ module, configuration: configuration(fact, index), name: "probe", rootId: "probe" },
  });
  const connection = gateway.connect();
  const { client, upstream } = connection;
  const seen = (): Outcome => ({
    lines: linesOf(
      gateway.logs.map(({ message }) => message),
      `#${index}`,
    ),
    client: { text: client.text, ended: client.ended },
    upstream: connection.connected ? { text: upstream.text, ended: upstream.ended } : null,
  });
  const after = [seen()];
  for (const step of fact.steps) {
    const [who, what] = step.split(" ") as ["client" | "upstream", string];
    const end = connection[who];
    if (what === "end") end.end();
    else if (what === "reset") end.reset();
    else end.send(what);
    after.push(seen());
  }
  const held = fact.name.includes("is held");
  expect(gateway.leftovers).toMatchObject({ streams: held ? 1 : 0, contexts: held ? 1 : 0 });
  await gateway.close();
  return [after.at(-1)!, after];
}

async function inEnvoy(fact: Fact, index: number, wanted: Outcome[]): Promise<Outcome> {
  const { client, upstream } = await envoy.connect(index);
  const arrived = wanted[0]!.upstream ? await upstream() : null;
  const shown = (end: { received: string; ended: boolean; closed: boolean }): End => ({
    text: end.received,
    ended: end.ended || end.closed,
  });
  const seen = (): Outcome => ({
    lines: linesOf(envoy.logs, `#${index}`),
    client: shown(client),
    upstream: arrived && shown(arrived),
  });
  const reached = (step: number): Promise<void> =>
    eventually(() => expect(seen()).toEqual(wanted[step]));
  await reached(0);
  for (const [step, line] of fact.steps.entries()) {
    const [who, what] = line.split(" ") as ["client" | "upstream", string];
    const { socket } = who === "client" ? client : arrived!;
    if (what === "end") socket.end();
    else if (what === "reset") socket.resetAndDestroy();
    else socket.write(what);
    await reached(step + 1);
  }
  arrived?.socket.destroy();
  return seen();
}

describe("a network filter", () => {
  test.each(facts.map((fact, index) => ({ fact, index, name: fact.name })))(
    "$name",
    async ({ fact, index }) => {
      const [outcome, after] = await inSimulator(fact, index);
      expect(outcome).toEqual(await inEnvoy(fact, index, after));
    },
  );
});
