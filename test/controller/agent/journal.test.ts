import { mkdtemp, readFile, rm, stat, chmod, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Journal } from "../../../controller/agent/state/journal.ts";
import { Seal } from "../../../controller/agent/state/seal.ts";

let folder: string;
let path: string;
let seal: Seal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-journal-"));
  path = join(folder, "state");
  seal = await Seal.at(join(folder, "key"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(by = seal): Promise<string[]> {
  const texts: string[] = [];
  for await (const record of new Journal(path, by).records()) texts.push(String(record));
  return texts;
}

async function written(...changes: string[]): Promise<void> {
  const journal = new Journal(path, seal);
  await journal.replace(1, [Buffer.from("whole")]);
  for (const change of changes) await journal.append(Buffer.from(change));
  await journal.close();
}

test("what was kept comes back in order, and a new state replaces all of it", async () => {
  expect(await read()).toEqual([]);
  await written("a", "b");
  expect(await read()).toEqual(["whole", "a", "b"]);
  await written();
  expect(await read()).toEqual(["whole"]);
});

test("nothing can be read from the file without its key, which only its owner can read", async () => {
  await written("a secret of somebody");
  expect((await readFile(path)).includes("secret")).toBe(false);
  for (const name of ["key", "state"])
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  const other = await Seal.at(join(folder, "other"));
  await expect(read(other)).rejects.toThrow(/is not whole|cannot be opened/);
  await chmod(join(folder, "key"), 0o644);
  await expect(Seal.at(join(folder, "key"))).rejects.toThrow(/mode 600\), found 644/);
});

test("cut at any byte, the file holds the state before the record that was cut, or none", async () => {
  await written("first", "second");
  const whole = await readFile(path);
  const seen = new Set<string>();
  for (let length = whole.length; length >= 0; length--) {
    await truncate(path, length);
    seen.add(JSON.stringify(await read().catch((error: Error) => error.message.split(": ")[1])));
  }
  expect([...seen]).toEqual([
    '["whole","first","second"]',
    '["whole","first"]',
    '["whole"]',
    '"its whole state is not whole"',
    '"it does not begin as a kept state does"',
  ]);
});

test("a byte changed anywhere but in the last record makes the whole file count for nothing", async () => {
  await written("first", "second");
  const whole = await readFile(path);
  const last = whole.length - (4 + 28 + "second".length);
  for (let at = 0; at < whole.length; at++) {
    const broken = Buffer.from(whole);
    broken[at]! ^= 0x01;
    await writeFile(path, broken);
    const found = await read().catch(() => "damaged");
    if (at >= last) expect(found).toEqual(["whole", "first"]);
    // A changed length may reach beyond the end, as a record that was cut does.
    else if (found !== "damaged") expect(found).toEqual(["whole"]);
  }
});

test("a whole state of several parts counts only with all of them", async () => {
  const journal = new Journal(path, seal);
  await journal.replace(2, [Buffer.from("one"), Buffer.from("two")]);
  await journal.append(Buffer.from("change"));
  await journal.close();
  expect(await read()).toEqual(["one", "two", "change"]);
  const whole = await readFile(path);
  await truncate(path, whole.length - (4 + 28 + "change".length) - 1);
  await expect(read()).rejects.toThrow("its whole state is not whole");
});

test("records of another file, or in another order, do not open", async () => {
  await written("a");
  const first = await readFile(path);
  await written("b");
  const second = await readFile(path);
  const record = 4 + 28 + 1;
  await writeFile(path, Buffer.concat([first.subarray(0, -record), second.subarray(-record)]));
  expect(await read()).toEqual(["whole"]);
});

test("changes that have become longer than the state ask for a new one", async () => {
  const journal = new Journal(path, seal);
  await journal.replace(1, [Buffer.from("whole")]);
  expect(journal.isLong).toBe(false);
  await journal.append(Buffer.alloc(1_048_600));
  expect(journal.isLong).toBe(true);
  await journal.replace(1, [Buffer.from("whole")]);
  expect(journal.isLong).toBe(false);
  await journal.close();
});
