/** What a gateway writes for whoever reads its standard output and error, when that one is slow or gone. */
import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { Recorder } from "../../../controller/analytics/recorder.ts";
import { patientOutput, type Stream } from "../../../cli/run/output.ts";

/** A busy machine takes its time. */
const soon = { timeout: 30_000 };
/** A stream whose reader takes nothing until it is told to. */
function stuck() {
  let taken = "";
  let go = () => {};
  let reads = false;
  const stream = new Writable({
    highWaterMark: 1_000,
    decodeStrings: false,
    write(text: string, _, done) {
      const take = () => {
        taken += text;
        done();
      };
      if (reads) take();
      else go = take;
    },
  });
  return {
    stream: stream as unknown as Stream & Writable,
    taken: () => taken,
    read: () => {
      reads = true;
      go();
    },
  };
}

function patient() {
  const [out, err] = [stuck(), stuck()];
  const io = {
    out: (text: string) => void out.stream.write(text),
    err: (text: string) => void err.stream.write(text),
  };
  return { out, err, ...patientOutput(io, out.stream, err.stream) };
}
const line = "x".repeat(999);

test("what nobody reads from standard output is bounded, counted, and goes on when somebody does", async () => {
  const { out, print } = patient();
  const recorder = new Recorder({ print, log: () => {}, factsOf: () => null });
  for (let i = 0; i < 30_000; i++) recorder.take(line);
  const count = (name: string) =>
    recorder.metrics().find((one) => one.name.endsWith(`log_${name}`))?.value;
  await expect.poll(() => out.stream.writableLength, soon).toBeGreaterThan(0);
  // One batch is on its way, 10,000 lines wait.
  expect(out.stream.writableLength).toBeLessThan(1_000_000);
  expect(count("queue_depth")).toBeLessThanOrEqual(10_000);
  expect(Number(count("dropped_total"))).toBeGreaterThan(19_000);
  out.read();
  await expect.poll(() => count("queue_depth"), soon).toBe(0);
  expect(Number(count("written_total")) + Number(count("dropped_total"))).toBe(30_000);
  await recorder.close();
});

test("a reader of standard output who went costs lines and not the process", async () => {
  const { out, print } = patient();
  const waiting = print(line);
  out.stream.destroy(new Error("EPIPE"));
  await expect(waiting).rejects.toThrow("EPIPE");
  await expect(print(line)).rejects.toThrow("nobody reads it");
});

test("a log that nobody reads loses its lines and says how many", async () => {
  const { err, log } = patient();
  for (let i = 0; i < 2_000; i++) log(line);
  expect(err.stream.writableLength).toBeLessThan(1_100_000);
  err.read();
  await expect.poll(() => err.stream.writableLength, soon).toBe(0);
  log("again");
  expect(err.taken()).toMatch(
    /\nhere 9\d\d lines are missing, which nobody read in time\nagain\n$/,
  );
});

test("a log whose reader went loses its lines", () => {
  const { err, log } = patient();
  err.stream.destroy(new Error("EPIPE"));
  log("more");
  expect(err.stream.writableLength).toBe(0);
});
