/** gRPC callouts of a policy, in a real Envoy and in the simulator. */
import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { simulate } from "../../host-sim/index.ts";
import { envoyRunner } from "../runners/envoy.ts";

const envoy = envoyRunner();
let module: Uint8Array;
let service: Http2Server;
let mood: "answers" | "fails" | "is silent" = "answers";
const seen: { path: unknown; from: unknown; body: string }[] = [];

const framed = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), Buffer.from(text)]);

beforeAll(async () => {
  module = (await build(["test/engine/caller"])).wasm;
  service = createServer();
  service.on("stream", (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      const body = Buffer.concat(chunks).toString("hex");
      seen.push({ path: headers[":path"], from: headers["x-from"], body });
      if (mood === "is silent") return;
      stream.respond(
        { ":status": 200, "content-type": "application/grpc" },
        { waitForTrailers: true },
      );
      const status = mood === "fails" ? "5" : "0";
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
      stream.end(mood === "fails" ? undefined : framed("a dog"));
    });
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await envoy.close();
  service.close();
});

const load = (configuration: object = {}) =>
  envoy.load({
    module,
    configuration,
    http2: { pets: (service.address() as AddressInfo).port },
  });

test("a policy asks a gRPC service and goes on with its message", async () => {
  mood = "answers";
  const gateway = await load();
  const { status, upstream } = await gateway.request({ path: "/" });
  expect(status).toBe(200);
  expect(upstream!.headers).toContainEqual(["x-answer", "7 0 a dog"]);
  expect(seen.at(-1)).toEqual({ path: "/pets.Pets/Get", from: "policy", body: "00000000030a0178" });
  await gateway.close();
});

test("a call that fails says its status; one that is not answered fails when its time is over", async () => {
  mood = "fails";
  const patient = await load({ timeoutMs: 10_000 });
  expect((await patient.request({ path: "/" })).text).toContain("gRPC status 5");
  await patient.close();
  mood = "is silent";
  const hasty = await load({ timeoutMs: 100 });
  expect((await hasty.request({ path: "/" })).status).toBe(502);
  await hasty.close();
  const nowhere = await load({ cluster: "nowhere" });
  expect((await nowhere.request({ path: "/" })).status).toBe(502);
  await nowhere.close();
});

test("the simulator answers the same", async () => {
  const gateway = await simulate({
    module,
    clusters: {
      pets: {
        headers: { "content-type": "application/grpc" },
        body: framed("a dog"),
        trailers: { "grpc-status": "0" },
      },
    },
  });
  const answer = await gateway.request({ path: "/" });
  expect(answer.upstream!.headers).toContainEqual(["x-answer", "7 0 a dog"]);
  await gateway.close();
});
