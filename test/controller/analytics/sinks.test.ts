import { mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Queue } from "../../../controller/analytics/queue.ts";
import { FileSink } from "../../../controller/analytics/sinks/file.ts";
import { HttpSink } from "../../../controller/analytics/sinks/http.ts";
import type { Sink } from "../../../controller/analytics/sinks/sink.ts";
import { startTakers } from "./takers.ts";

/** A busy machine takes its time. */
const soon = { timeout: 30_000 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "sluice-sinks-"));
  closing.push(() => rm(path, { recursive: true, force: true }));
  return path;
}
const queue = (sink: Sink, { capacity = 10, retries = 0, size = 2 } = {}) => {
  const logs: string[] = [];
  const one = new Queue({
    ...{ sink, capacity, retries, batch: { size, bytes: 1_000, everyMs: 5 } },
    log: (line) => logs.push(line),
  });
  return { queue: one, logs };
};
/** A sink that takes nothing until it is told to. */
function stuck() {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const taken: string[] = [];
  const sink: Sink = {
    name: "stuck",
    send: async (events) => {
      await gate;
      taken.push(...events);
    },
    close: async () => {},
  };
  return { sink, taken, release };
}

test("what does not fit while a sink is stuck is dropped and counted, the rest arrives in order", async () => {
  const { sink, taken, release } = stuck();
  const { queue: one } = queue(sink, { capacity: 4 });
  for (let i = 0; i < 10; i++) one.add(String(i));
  // Two are on their way, four wait.
  expect(one.counts()).toMatchObject({ dropped: 4, depth: 4, capacity: 4, written: 0 });
  release();
  await expect.poll(() => taken, soon).toEqual(["0", "1", "2", "3", "4", "5"]);
  expect(one.counts()).toMatchObject({ written: 6, depth: 0, dropped: 4 });
});

test("closing hands over what waits, and does not wait for a sink that never takes it", async () => {
  const { sink } = stuck();
  const { queue: one } = queue(sink);
  for (let i = 0; i < 5; i++) one.add(String(i));
  await one.close(20);
  expect(one.counts()).toMatchObject({ written: 0, dropped: 3, depth: 0 });
});

test("an endpoint that fails is asked again, one that refuses is not", async () => {
  const takers = await startTakers();
  closing.push(() => takers.close());
  const sink = new HttpSink({ url: takers.url, headers: {}, timeoutMs: 10_000 });
  takers.answer("with an error");
  const failing = queue(sink, { retries: 1, size: 1 });
  failing.queue.add('{"a":1}');
  await expect.poll(() => failing.queue.counts(), soon).toMatchObject({ failures: 2, dropped: 1 });
  expect(failing.logs).toEqual([expect.stringContaining("it answered 503")]);
  takers.answer("with a refusal");
  const refused = queue(sink, { retries: 5, size: 1 });
  refused.queue.add('{"a":1}');
  await expect.poll(() => refused.queue.counts(), soon).toMatchObject({ failures: 1, dropped: 1 });
  takers.answer("well");
  refused.queue.add('{"a":2}');
  await expect.poll(() => refused.queue.counts(), soon).toMatchObject({ written: 1 });
  expect(takers.posted()).toEqual(['{"a":2}']);
});

test("a file never gets larger than it may, and there are never more than so many", async () => {
  const path = join(await folder(), "logs", "a.log");
  const sink = new FileSink({ path, maxBytes: 100, maxFiles: 3 });
  closing.push(() => sink.close());
  for (let i = 0; i < 50; i++) await sink.send([`line ${i}`.padEnd(29), `more ${i}`.padEnd(29)]);
  const names = (await readdir(join(path, ".."))).sort();
  expect(names).toEqual(["a.log", "a.log.1", "a.log.2"]);
  const texts = await Promise.all(names.map((name) => readFile(join(path, "..", name), "utf8")));
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(100);
  const kept = texts.reverse().join("").trim().split(/\s*\n/);
  expect(kept.at(-1)).toBe("more 49");
  expect(kept).toEqual(
    Array.from({ length: 100 }, (_, i) => `${i % 2 ? "more" : "line"} ${Math.floor(i / 2)}`).slice(
      -kept.length,
    ),
  );
});

test("a file goes on where it ended, and anew when somebody moved it away", async () => {
  const path = join(await folder(), "a.log");
  const options = { path, maxBytes: 1_000, maxFiles: 2 };
  const first = new FileSink(options);
  await first.send(["one"]);
  await first.close();
  const second = new FileSink(options);
  closing.push(() => second.close());
  await second.send(["two"]);
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
  await rename(path, `${path}.moved`);
  await second.send(["three"]);
  expect(await readFile(path, "utf8")).toBe("three\n");
  // Others on the machine must not read who called what.
  expect((await stat(path)).mode & 0o007).toBe(0);
});

test("a file that cannot be written loses its lines and not the process", async () => {
  const sink = new FileSink({ path: "/dev/null/a.log", maxBytes: 100, maxFiles: 2 });
  const { queue: one, logs } = queue(sink, { size: 1 });
  one.add("line");
  await expect.poll(() => one.counts(), soon).toMatchObject({ dropped: 1, failures: 1 });
  expect(logs).toEqual([expect.stringMatching(/^file: cannot be written: /)]);
});
