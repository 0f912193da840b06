/** The two hosts, loaded with the same module, chains and services. */
import { Agent, request as httpRequest } from "node:http";
import type { Chain } from "../../host-sim/index.ts";
import { HangError, simulate, type UpstreamAnswer } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";
import { pairs } from "../../controller/lab/http.ts";
import { self, type Host, type Pairs, type Scenario, type View } from "./scenario.ts";
import { grpcAnswer, grpcService, grpcView, idOfCall } from "./grpc.ts";
import { differences, steady, steadyText } from "./view.ts";

/** A scenario's texts with its own name in them, as a request. */
function requestOf(scenario: Scenario, id: string) {
  const named = (text: string): string => text.replaceAll(self, id);
  const where = scenario.chain < 0 ? "/none/" : `/c${scenario.chain}/`;
  const headers: Pairs = [
    ["x-case", id],
    ...Object.entries(scenario.scripts).map(([slot, script]): [string, string] => [
      `x-${slot}`,
      Buffer.from(named(`${script.join(";")};`)).toString("latin1"),
    ]),
    ...scenario.headers,
  ];
  if (scenario.body === undefined && !["GET", "HEAD"].includes(scenario.method))
    headers.push(["content-length", "0"]);
  return {
    method: scenario.method,
    path: where + scenario.path,
    headers,
    ...(scenario.body !== undefined && { body: bytes(scenario.body) }),
    ...(scenario.trailers && { trailers: scenario.trailers }),
    ...(scenario.pieceDelayMs && { chunkDelayMs: scenario.pieceDelayMs }),
  };
}

const breaking = ({ breaksOff }: Scenario) =>
  breaksOff ? { disconnect: { afterChunks: breaksOff } } : {};

/** What a request is shown may not depend on which of them serves it. */
const workers = 2;

/** More lines than a request can make. */
const mostLines = 400;

/** Longer than any timeout that an answer could still come from: such a request hangs. */
const patienceMs = 11_000;

/** How long the log and the services of a busy machine may lag behind an answer. */
const settleMs = 3_000;

/** What is left to compare of a request that nobody will ever answer. */
const hung: View = {
  status: 0,
  headers: [],
  body: "hangs",
  cut: false,
  upstream: null,
  callouts: [],
  log: [],
};

/** How long a client waits before it hangs up on a request that nobody answers. */
const hangUpMs = 500;
const endless = 60_000;

const idOf = (headers: Pairs): string => headers.find(([name]) => name === "x-case")?.[1] ?? "";

/** node:http writes headers as UTF-8 when a body of text follows them. */
const bytes = (body: string | string[]): Buffer | Buffer[] =>
  Array.isArray(body) ? body.map((piece) => Buffer.from(piece)) : Buffer.from(body);

function answerOf(scenario: Scenario | undefined): UpstreamAnswer {
  if (!scenario) return { status: 599 };
  const plan = scenario.upstream;
  const headers = [...plan.headers];
  if (typeof plan.body === "string" && plan.status !== 204 && plan.status !== 304)
    headers.push(["content-length", String(Buffer.byteLength(plan.body))]);
  return {
    status: plan.status,
    headers,
    body: plan.status === 204 || plan.status === 304 ? "" : bytes(plan.body),
    // A little later than the piece before it, so that what follows on that piece comes first in both.
    ...(plan.breaks && { disconnect: plan.breaks, chunkDelayMs: 60 }),
    ...(scenario.hangUp && { delayMs: endless }),
  };
}

/** What a service that is called answers: as the call's own header says. */
function calleeOf(headers: Pairs) {
  const [status = "200", body = ""] = (
    headers.find(([name]) => name === "x-answer")?.[1] ?? ""
  ).split("/");
  return {
    status: Number(status) || 200,
    headers: { "x-callee": "1" },
    body: status === "204" ? "" : body,
  };
}

interface Seen {
  method: string;
  path: string;
  headers: Pairs;
  body: Uint8Array;
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

const seenView = (seen: Seen | null | undefined): View["upstream"] =>
  seen
    ? {
        method: seen.method,
        path: seen.path,
        headers: steady(seen.headers),
        body: latin(seen.body),
      }
    : null;

const calloutView = ({ method, path, headers, body }: Seen, cluster: string): string =>
  `${cluster}: ${method} ${path} ${JSON.stringify(steady(headers))} ${latin(body)}`;

/** The run's own lines, without what stands before them. */
const logOf = (lines: readonly string[], id: string): string[] =>
  lines
    .filter((line) => line.includes(`[${id} `))
    .map((line) => steadyText(line.slice(line.indexOf(`[${id} `))));

/** A bare module has a route without a chain. */
const routesOf = (chains: readonly Chain[] | null) =>
  chains?.map((chain, i) => ({
    name: `parity/${i}@${JSON.stringify(chain)}`,
    match: { prefix: `/c${i}/` },
    chain,
  }));

export async function simulatorHost(
  module: Uint8Array,
  chains: readonly Chain[] | null,
): Promise<Host> {
  const running = new Map<string, Scenario>();
  const gateway = await simulate({
    module,
    // As Envoy's runner calls its first plugin.
    name: "case-1",
    ...(chains && { routes: routesOf(chains)! }),
    workers,
    upstream: ({ headers }) => answerOf(running.get(idOf(headers))),
    clusters: {
      answers: ({ headers }) => calleeOf(headers),
      refuses: "refuse",
      hangs: "hang",
      breaks: "reset",
      remote: (request) => grpcAnswer(request.path, Buffer.from(request.body).subarray(5)),
    },
    trailers: true,
    serverName: "sluice",
    errors: "text",
    bufferLimit: 32_768,
    routeTimeoutMs: 10_000,
  });
  return {
    name: "simulator",
    close: () => gateway.close(),
    async run(scenario, id) {
      running.set(id, scenario);
      const request = requestOf(scenario, id);
      const answer = await gateway
        .request({
          ...{ ...request, ...breaking(scenario) },
          ...(scenario.hangUp && { disconnect: { afterMs: hangUpMs } }),
        })
        .catch((error: unknown) => {
          if (error instanceof HangError) return null;
          throw error;
        });
      if (!answer) return hung;
      return {
        status: answer.status,
        headers: steady(answer.headers),
        body: steadyText(latin(answer.body)),
        cut: answer.cut !== null,
        upstream: seenView(answer.upstream),
        callouts: answer.callouts
          .filter(({ cluster }) => cluster !== "refuses")
          .map((one) =>
            one.cluster === "remote" ? grpcView(one.path, one.body) : calloutView(one, one.cluster),
          ),
        // Not the answer's alone: what a module says before it chose a stream is nobody's.
        log: logOf(
          gateway.logs.slice(-mostLines).map(({ message }) => message),
          id,
        ),
      };
    },
  };
}

export async function envoyHost(
  module: Uint8Array,
  chains: readonly Chain[] | null,
): Promise<Host> {
  const envoy = envoyRunner({ concurrency: workers });
  const running = new Map<string, Scenario>();
  const seen = new Map<string, Seen>();
  const called = new Map<string, string[]>();
  const calling = (cluster: string) => (request: Seen) => {
    const id = request.path.split("/").at(-1)!;
    called.set(id, [...(called.get(id) ?? []), calloutView(request, cluster)]);
    return calleeOf(request.headers);
  };
  const never = new Promise<never>(() => {});
  const remote = await grpcService((path, body) => {
    const id = idOfCall(path);
    called.set(id, [...(called.get(id) ?? []), grpcView(path, body)]);
  });
  const loaded = await envoy.load({
    module,
    ...(chains && { routes: routesOf(chains)! }),
    upstream: (request) => {
      const id = idOf(request.headers);
      seen.set(id, request);
      return running.get(id)?.hangUp ? never : (answerOf(running.get(id)) as object);
    },
    clusters: {
      answers: calling("answers"),
      refuses: "refuse",
      hangs: (request) => (calling("hangs")(request), never),
      breaks: (request) => ({ ...calling("breaks")(request), disconnect: "before-headers" }),
    },
    http2: { remote: remote.port },
    trailers: true,
  });
  return {
    name: "envoy",
    close: async () => {
      await loaded.close();
      await envoy.close();
      await remote.close();
    },
    async run(scenario, id, wanted) {
      running.set(id, scenario);
      const from = loaded.logs().length;
      const answer = await ask(
        loaded.port,
        requestOf(scenario, id),
        scenario.hangUp ? hangUpMs : patienceMs,
        scenario.breaksOff,
      );
      if (answer.gaveUp && !scenario.hangUp && !scenario.breaksOff) return hung;
      await ended(() => loaded.logs().slice(from), id, Object.keys(scenario.scripts).length);
      // A call can still be on its way when its request is over.
      const calls = Object.values(scenario.scripts).some((script) =>
        script.join().includes("~call~"),
      );
      if (calls && !called.has(id)) await pause(40);
      const view = (): View => ({
        ...answer.view,
        upstream: seenView(seen.get(id)),
        callouts: called.get(id) ?? [],
        log: logOf(loaded.logs().slice(from), id),
      });
      const settled = performance.now() + settleMs;
      while (wanted && differences(view(), wanted).length > 0 && performance.now() < settled)
        await pause(5);
      return view();
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the last line of each probe; a chain that failed says nothing, and is not waited for long. */
async function ended(lines: () => readonly string[], id: string, probes: number): Promise<void> {
  const until = performance.now() + 60;
  const count = () =>
    lines().filter((line) => line.includes(`[${id} `) && line.endsWith("] end")).length;
  while (count() < probes && performance.now() < until) await pause(2);
}

/** Sends a request and shows what came, also when it was cut short. */
function ask(
  port: number,
  request: ReturnType<typeof requestOf>,
  giveUpAfterMs: number,
  breaksOff: number | undefined,
): Promise<{ gaveUp: boolean; view: Pick<View, "status" | "headers" | "body" | "cut"> }> {
  const { method, path, headers, body, trailers, chunkDelayMs } = request;
  const all: Pairs = [["host", "localhost"], ...headers];
  if (body !== undefined)
    all.push(
      Array.isArray(body)
        ? ["transfer-encoding", "chunked"]
        : ["content-length", String(body.length)],
    );
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let received: Pairs = [];
    let gaveUp = false;
    // A client that says it will close is told of it in the answer.
    const agent = new Agent({ keepAlive: true });
    const call = httpRequest({
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: all.flat(),
      setHost: false,
      agent,
    });
    const giveUp = (): void => {
      gaveUp = true;
      call.destroy();
    };
    const timer = setTimeout(giveUp, giveUpAfterMs);
    const finish = (cut: boolean) => {
      clearTimeout(timer);
      agent.destroy();
      const body = steadyText(Buffer.concat(chunks).toString("latin1"));
      resolve({ gaveUp, view: { status, headers: steady(received), body, cut } });
    };
    call.on("error", () => finish(true));
    call.on("response", (response) => {
      status = response.statusCode!;
      received = pairs(response.rawHeaders);
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => finish(true));
      response.on("end", () => finish(false));
    });
    void write();

    async function write(): Promise<void> {
      if (!Array.isArray(body)) return void call.end(body);
      for (const [i, piece] of body.filter(({ length }) => length > 0).entries()) {
        if (i > 0 && chunkDelayMs) await pause(chunkDelayMs);
        if (i === breaksOff) return giveUp();
        call.write(piece);
      }
      if (breaksOff) return void setTimeout(giveUp, chunkDelayMs);
      if (trailers) call.addTrailers(trailers);
      call.end();
    }
  });
}
