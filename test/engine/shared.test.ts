import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { envoyRunner, type LoadedEnvoy } from "../runners/envoy.ts";

const envoy = envoyRunner();
let gateway: LoadedEnvoy;

beforeAll(async () => {
  const { wasm } = await build(["test/engine/sharer"]);
  gateway = await envoy.load({ module: wasm });
});

afterAll(() => envoy.close());

const ask = async (path: string) => (await gateway.request({ path })).text;
const times = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("what workers share", () => {
  test("counts every request once, however many come at the same time", async () => {
    const answers = await Promise.all(times(200).map(() => ask("/count")));
    expect(answers.map(Number).sort((a, b) => a - b)).toEqual(times(200).map((i) => i + 1));
    expect(await ask("/read")).toBe("200");
  });

  test("gives out exactly the limit of a window, per key", async () => {
    const statuses = await Promise.all(
      times(150).map(async () => (await gateway.request({ path: "/take?ada" })).status),
    );
    expect(statuses.filter((status) => status === 200).length).toBe(100);
    expect(await ask("/take?bob")).toBe("99");
  });

  test("keeps texts under a bound, and never answers one key with another's", async () => {
    for (const i of times(64)) expect(await ask(`/set/k${i}?v${i}`)).toBe("true");
    let kept = 0;
    for (const i of times(64)) {
      const { status, text } = await gateway.request({ path: `/get/k${i}` });
      if (status === 404) continue;
      expect(text).toBe(`v${i}`);
      kept++;
    }
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(16);
  });
});
