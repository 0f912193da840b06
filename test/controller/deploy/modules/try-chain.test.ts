import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { build } from "../../../../cli/build/index.ts";
import { chainTrials } from "../../../../controller/deploy/modules/try-chain.ts";
import type { Chain } from "../../../../controller/translate/chain.ts";

const tryChain = chainTrials();

let module: Uint8Array;
beforeAll(async () => {
  const { wasm } = await build(
    ["set-headers", "request-validation"].map((name) =>
      fileURLToPath(new URL(`../../../../policies/${name}`, import.meta.url)),
    ),
  );
  module = wasm;
});

const chain = (params: Record<string, unknown>, name = "set-headers"): Chain => ({
  api: { name: "a", version: "v1", context: "/a", kind: "RestApi" },
  policies: [{ name, version: "v1", params, attachedTo: "api" }],
});

test("a chain that the engine builds is taken", async () => {
  expect(
    await tryChain(module, chain({ request: { headers: [{ name: "x-a", value: "1" }] } })),
  ).toBeNull();
});

test("a chain that it cannot build is refused in the engine's words", async () => {
  expect(await tryChain(module, chain({}, "nobody"))).toContain(
    "there is no policy nobody v1 in this module",
  );
  expect(await tryChain(module, chain({ request: { headers: [] } }))).toContain("headers");
});

test("a schema of 20 KiB, as real descriptions have them, is not too much to build", async () => {
  const thing = {
    ...{ type: "object", required: ["id", "name"] },
    properties: {
      id: { type: "integer", minimum: 1 },
      name: { type: "string", maxLength: 40, pattern: "^[a-z]+$" },
      at: { type: "string", format: "date-time" },
      list: { type: "array", items: { enum: ["a", "b", "c"] } },
    },
  };
  const each = <T>(of: (i: number) => [string, T]) =>
    Object.fromEntries(Array.from({ length: 75 }, (_, i) => of(i)));
  const schema = {
    properties: each((i) => [`field${i}`, { $ref: `#/$defs/Thing${i}` }]),
    $defs: each((i) => [`Thing${i}`, thing]),
  };
  expect(JSON.stringify(schema).length).toBeGreaterThan(20 << 10);
  expect(await tryChain(module, chain({ body: { schema } }, "request-validation"))).toBeNull();
});

test("a chain that costs more to build than may be computed is refused: each of its requests would end with 500", async () => {
  const rings = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `D${i}`,
        { type: "object", properties: { next: { $ref: `#/$defs/D${(i + 1) % count}` } } },
      ]),
    );
  const validated = (count: number): Chain =>
    chain({ body: { schema: { $ref: "#/$defs/D0", $defs: rings(count) } } }, "request-validation");
  expect(await tryChain(module, validated(2))).toBeNull();
  expect(await tryChain(module, validated(5_000))).toBe("cannot be built: computed for too long");
  expect(await tryChain(module, validated(2))).toBeNull();
});

test("chains are tried apart: one that is refused says nothing of those before and after it", async () => {
  const good = chain({ request: { headers: [{ name: "x-a", value: "1" }] } });
  for (let i = 0; i < 60; i++) {
    expect(await tryChain(module, chain({}, `nobody-${i}`))).toContain(`nobody-${i}`);
    expect(await tryChain(module, good)).toBeNull();
  }
});

test("a module that does not start says so each time", async () => {
  const broken = new TextEncoder().encode("no module");
  for (const _ of [1, 2])
    await expect(tryChain(broken, chain({}))).rejects.toThrow("not a valid wasm module");
  expect(await tryChain(module, chain({}, "nobody"))).toContain("nobody");
});

test("chains of the module that serves are tried while all are tried with another", async () => {
  const other = new Uint8Array(module);
  const header = (i: number) => ({ request: { headers: [{ name: "x-a", value: String(i) }] } });
  const tryMany = async (one: Uint8Array) => {
    const words: (string | null)[] = [];
    for (let i = 0; i < 50; i++) words.push(await tryChain(one, chain(header(i))));
    return words;
  };
  const [served, candidate] = await Promise.all([tryMany(module), tryMany(other)]);
  expect(new Set([...served, ...candidate])).toEqual(new Set([null]));
});
