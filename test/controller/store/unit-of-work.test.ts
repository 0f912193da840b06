import { afterAll, beforeAll, expect, test } from "vitest";
import { Signal } from "../../../controller/signal.ts";
import { Store } from "../../../controller/store/store.ts";
import { within, type UnitOfWork, type Written } from "../../../controller/store/unit-of-work.ts";

let store: Store;
beforeAll(async () => {
  store = await Store.open(":memory:");
});
afterAll(() => store.close());

const write = (handle: string) => ({
  ...{ kind: "RestApi", handle, displayName: handle, version: "v1", source: {}, deployed: true },
});

class Recorder implements UnitOfWork {
  readonly told: Written[] = [];
  committed = 0;
  fails = false;

  async record(_: unknown, written: Written): Promise<() => void> {
    this.told.push(written);
    if (this.fails) throw new Error("no room");
    return () => this.committed++;
  }
}

test("each write tells the unit of work that it belongs to its row before and after", async () => {
  const [one, other] = [new Recorder(), new Recorder()];
  const first = await within(one, () => store.write(write("a"), "none"));
  const second = await within(other, () => store.write(write("a"), first));
  await within(other, () => store.remove("RestApi", "a", "any"));
  expect(one.told).toEqual([{ before: null, after: first }]);
  expect(other.told).toEqual([
    { before: first, after: second },
    { before: second, after: null },
  ]);
  expect([one.committed, other.committed]).toEqual([1, 2]);
});

test("what is refused, or finds nothing to change, tells nothing", async () => {
  const unit = new Recorder();
  await expect(
    within(unit, () => store.write(write("none"), { uuid: "x", revision: 7 })),
  ).rejects.toThrow("revision");
  expect(await within(unit, () => store.remove("RestApi", "none", "any"))).toBe(false);
  expect(unit.told).toEqual([]);
});

test("nothing is written, and no other controller told, when the unit of work fails", async () => {
  const unit = Object.assign(new Recorder(), { fails: true });
  const heard: string[] = [];
  store.onOwnChange(async ({ handle }) => void heard.push(handle));
  await expect(within(unit, () => store.write(write("b"), "none"))).rejects.toThrow("no room");
  expect(await store.artifact("RestApi", "b")).toBeUndefined();
  expect(
    await store.db.selectFrom("changes").where("handle", "=", "b").selectAll().execute(),
  ).toEqual([]);
  expect([unit.committed, heard]).toEqual([0, []]);
});

test("what listens to a signal works for nobody, whoever raised it", async () => {
  const unit = new Recorder();
  const signal = new Signal(() => {}, 0);
  const written = new Promise<void>((resolve) =>
    signal.each(async () => {
      await store.write(write("c"), "any");
      resolve();
    }),
  );
  within(unit, () => signal.raise());
  await written;
  expect(unit.told).toEqual([]);
  signal.close();
});
