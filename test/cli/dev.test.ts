/** `ap dev`: what is saved is served, and no request is dropped for it. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runDev } from "../../cli/dev/run.ts";
import { io } from "../../cli/io.ts";
import { restApi } from "../controller/fixtures/rest-api.ts";
import { eventually } from "../eventually.ts";
import { send } from "../runners/client.ts";
import { startUpstream, type UpstreamServer } from "../runners/upstream.ts";

let folder: string;
let upstream: UpstreamServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-dev-"));
  upstream = await startUpstream({ body: "up" });
  await cp("policies/set-headers", join(folder, "marker"), { recursive: true });
  const yaml = join(folder, "marker", "policy.yaml");
  await writeFile(
    yaml,
    (await readFile(yaml, "utf8")).replace("name: set-headers", "name: marker"),
  );
});
afterEach(async () => {
  await upstream.close();
  await rm(folder, { recursive: true });
});

const api = (value: string): string => {
  const params = { response: { headers: [{ name: "x-mark", value }] } };
  const policies = [{ name: "marker", version: "v1", params }];
  return JSON.stringify(restApi("pets", upstream.port, { policies }));
};

test("a saved API file and a saved policy are served, under traffic, without a failed request", async () => {
  const file = join(folder, "pets.yaml");
  await writeFile(file, api("one"));
  let printed = "";
  const screen = io(
    (text) => void (printed += text),
    (text) => void (printed += text),
  );
  const ending = new AbortController();
  const options = { port: "0", policies: [join(folder, "marker")] };
  const done = runDev([file], options, screen, ending.signal);
  const port = await eventually(() => {
    const found = /http:\/\/localhost:(\d+)/.exec(printed)?.[1];
    if (!found) throw new Error("not serving yet");
    return Number(found);
  });
  const seen: { status: number; mark: string }[] = [];
  let going = true;
  const traffic = (async () => {
    while (going) {
      const { status, headers } = await send(port, { path: "/pets/a" });
      seen.push({ status, mark: headers.find(([name]) => name === "x-mark")?.[1] ?? "" });
    }
  })();
  const served = (mark: string) =>
    eventually(() => expect(seen.at(-1)?.mark).toBe(mark)).then(() => performance.now());

  await served("one");
  // The best of three: what others do on the machine does not count.
  let took = Infinity;
  for (const mark of ["three", "four", "two"]) {
    const started = performance.now();
    await writeFile(file, api(mark));
    took = Math.min(took, (await served(mark)) - started);
  }
  const source = join(folder, "marker", "policy.ts");
  const text = await readFile(source, "utf8");
  await writeFile(source, text.replaceAll("header.value);", 'header.value + "!");'));
  await served("two!");
  going = false;
  await traffic;
  ending.abort();
  await done;
  expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200]));
  expect(seen.length).toBeGreaterThan(10);
  expect(printed).toMatch(/marker: response headers/);
  // With a compiler that is warm and a machine of its own a policy takes 0.4 s; here others run beside it.
  expect(took).toBeLessThan(2_500);
});
