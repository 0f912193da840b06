/** What policies ask of the agent, over its Unix socket. */
import { request } from "node:http";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveLocally, type LocalService } from "../../../controller/agent/local/service.ts";
import { serveFeed } from "../../../controller/feed/serve.ts";
import { FeedTable } from "../../../controller/feed/table.ts";

let folder: string;
let socket: string;
let service: LocalService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-local-"));
  socket = join(folder, "agent");
  const table = new FeedTable();
  table.markWhole();
  service = await serveLocally(socket, serveFeed(table));
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const ask = (method: string, path: string, body = "") =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const call = request({ socketPath: socket, method, path }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode!, body: Buffer.concat(parts).toString() }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
const verify = (question: unknown) => ask("POST", "/verify/bcrypt", JSON.stringify(question));
const hash = hashSync("right", 4);

test("a password is told from a wrong one by its bcrypt hash", async () => {
  expect(await verify({ hash, password: "right" })).toEqual({ status: 200, body: '{"ok":true}' });
  expect(await verify({ hash, password: "wrong" })).toEqual({ status: 200, body: '{"ok":false}' });
});

test.each([
  ["no JSON", "x", 400],
  ["no object", "null", 400],
  ["no password", JSON.stringify({ hash }), 400],
  ["a hash that is none", JSON.stringify({ hash: "x", password: "y" }), 400],
  [
    "a cost that takes minutes",
    JSON.stringify({ hash: hash.replace("$04$", "$31$"), password: "y" }),
    400,
  ],
  ["a body over 4 KiB", JSON.stringify({ hash, password: "y".repeat(4_096) }), 413],
])("%s is refused", async (_, body, status) => {
  expect((await ask("POST", "/verify/bcrypt", body)).status).toBe(status);
});

test("a flood of passwords is refused beyond what can wait, and the feed answers meanwhile", async () => {
  const slow = hashSync("right", 10);
  let waiting = 100;
  const flood = Array.from({ length: waiting }, () =>
    verify({ hash: slow, password: "wrong" }).finally(() => waiting--),
  );
  await Promise.race(flood);
  expect((await ask("GET", "/feed?epoch=0&revision=0&cursor=0&wait=0")).status).toBe(200);
  expect(waiting).toBeGreaterThan(0);
  const statuses = (await Promise.all(flood)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(64);
});

test("only its owner can open the socket, and nothing else is answered", async () => {
  expect((await stat(socket)).mode & 0o777).toBe(0o600);
  expect((await ask("GET", "/")).status).toBe(404);
  expect((await ask("GET", "/verify/bcrypt")).status).toBe(404);
  expect((await ask("GET", "/feed?cursor=x")).status).toBe(400);
});
