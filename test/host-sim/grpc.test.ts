import { beforeAll, expect, test } from "vitest";
import { simulate, type Upstream } from "../../host-sim/index.ts";
import { probeFilter } from "./fixtures/probe.ts";

let module: Uint8Array;
beforeAll(async () => {
  module = await probeFilter();
});

const framed = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)]);

async function run(configuration: string, service: Upstream) {
  const gateway = await simulate({ module, configuration, clusters: { service } });
  const answer = await gateway.request({ path: "/" });
  const lines = gateway.logs.map(({ message }) => message.replace("PROBE ", ""));
  return { answer, lines };
}

const answers: Upstream = ({ body, path }) => ({
  headers: { "content-type": "application/grpc" },
  body: framed(`${path} got ${Buffer.from(body).subarray(5).toString()}`),
  trailers: { "grpc-status": "0" },
});

test("a call is answered by one message, and the request goes on", async () => {
  const script =
    "rqh gcall service|pets.Pets|Get|a dog\nrqh ret 1\ngrpc buf 5|0|99\ngrpc eff mine\ngrpc cont 0";
  const { answer, lines } = await run(script, answers);
  expect(answer.status).toBe(200);
  expect(lines).toContain("grpc buf 5|0|99 -> 0 /pets.Pets/Get got a dog");
  expect(answer.callouts).toMatchObject([
    { cluster: "service", path: "/pets.Pets/Get", result: 200 },
  ]);
});

test("a call that fails closes with its status", async () => {
  const script = "rqh gcall service|s|M|x\nrqh ret 1\ngend status\ngend eff mine\ngend cont 0";
  const failing = { trailers: { "grpc-status": "5", "grpc-message": "no such pet" } };
  const { lines } = await run(script, failing);
  expect(lines).toEqual(
    expect.arrayContaining(["gend 5 5", "gend status -> 0 5 no such pet{via_upstream}"]),
  );
});

test("a stream sends, is ended and answered", async () => {
  const script = `rqh gopen service|s|M
rqh gsend 6|one|
rqh gsend 6|two|end
rqh ret 1
gini pairs 4
grpc buf 5|0|99
gend eff mine
gend cont 0`;
  const { lines } = await run(script, answers);
  expect(lines.filter((line) => /^(gini|grpc|gtra|gend) \d/.test(line))).toEqual([
    "gini 6 4",
    expect.stringMatching(/^grpc 6 \d+$/),
    "gtra 6 1",
    "gend 6 0",
  ]);
});

test("what is not there is refused", async () => {
  const { lines } = await run("rqh gcall nope|s|M|x\nrqh gsend 77|x|\nrqh gclose 77", {});
  expect(lines).toEqual(
    expect.arrayContaining([
      "rqh gcall nope|s|M|x -> 4 0",
      "rqh gsend 77|x| -> 1",
      "rqh gclose 77 -> 1",
    ]),
  );
});
