/** What is no module, or one that would end an Envoy: it is refused in words, not kept, and what serves goes on. */
import fc from "fast-check";
import { compileString } from "assemblyscript/asc";
import { afterAll, beforeAll, expect, test } from "vitest";
import "../../seeds.ts";
import { hostcallNames } from "../../../controller/modules/hostcalls.ts";
import { hostcalls } from "../../../host-sim/hostcalls/index.ts";
import { startTestGateway, type TestGateway } from "../fixtures/gateway.ts";
import { tinyFilter, tinyModule, withManifest } from "../tiny-filter.ts";

let t: TestGateway;
let module: Uint8Array;
beforeAll(async () => {
  t = await startTestGateway({ envoy: "none" });
  module = await tinyModule();
});
afterAll(() => t.close());

interface Answer {
  status: number;
  message: string;
  fields: string[];
}

async function upload(body: Uint8Array | ReadableStream, query = ""): Promise<Answer> {
  const { management } = t.gateway.ports;
  const answer = await fetch(`http://127.0.0.1:${management}/api/management/v1/modules${query}`, {
    method: "POST",
    headers: { "content-type": "application/wasm" },
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    body: body as BodyInit,
  });
  const { message = "", errors = [] } = (await answer.json()) as {
    message?: string;
    errors?: { field: string }[];
  };
  return { status: answer.status, message, fields: errors.map(({ field }) => field) };
}

const kept = async () => (await t.manage("GET", "/modules")).body;

async function refused(bytes: Uint8Array, field: string): Promise<void> {
  const before = await kept();
  for (const query of ["", "?assign=true", "?canary=10%25"]) {
    const { status, fields } = await upload(bytes, query);
    expect([query, status, fields]).toEqual([query, 400, expect.arrayContaining([field])]);
  }
  expect(await kept()).toEqual(before);
}

test("the module of the others is taken, so that they are refused for their own fault", async () => {
  expect(await upload(module)).toMatchObject({ status: 201 });
});

test.each([
  ["nothing", new Uint8Array()],
  ["text", Buffer.from("export function f(): void {}")],
  ["the magic number alone", Buffer.from("\0asm", "latin1")],
  ["a version to come", Buffer.from("\0asm\x02\0\0\0", "latin1")],
  ["a section of 4 GiB", Buffer.from("\0asm\x01\0\0\0\x01\xff\xff\xff\xff\x0f", "latin1")],
  [
    "a length that never ends",
    Buffer.from("\0asm\x01\0\0\0\x01\xff\xff\xff\xff\xff\xff", "latin1"),
  ],
])("%s is no WebAssembly", (_, bytes) => refused(bytes, "module"));

test("a module that is cut short is refused wherever it is cut", async () => {
  const filter = await tinyFilter();
  const before = await kept();
  for (let at = 8; at < filter.length; at += Math.ceil(filter.length / 60)) {
    const { status } = await upload(filter.slice(0, at));
    expect([at, status]).toEqual([at, 400]);
  }
  expect(await kept()).toEqual(before);
});

const compiled = async (source: string, options: object = {}): Promise<Uint8Array> => {
  const asked = { runtime: "stub", use: ["abort="], ...options };
  const { binary, stderr } = await compileString(source, asked);
  if (!binary) throw new Error(stderr.toString());
  return binary;
};
const late = { exportStart: "_initialize" };
const abi = "export function proxy_abi_version_0_2_1(): void {}";
const malloc = "export function malloc(size: usize): usize { return heap.alloc(size); }";
const outside = (module: string, name: string) =>
  `@external("${module}", "${name}") declare function f(): void; export function g(): void { f(); }`;

test.each([
  ["no version of the ABI", malloc, late, "export proxy_abi_version_0_2_1"],
  ["nothing to take data by", abi, late, "export proxy_on_memory_allocate"],
  [
    "a hostcall of nobody",
    `${abi}${malloc}${outside("env", "proxy_fly")}`,
    {},
    "import env.proxy_fly",
  ],
  ["a host of nobody", `${abi}${malloc}${outside("moon", "f")}`, late, "import moon.f"],
  ["no memory of its own", `${abi}${malloc}`, { ...late, importMemory: true }, "import env.memory"],
  [
    "code that runs before all",
    `${abi}${malloc}const a = String.UTF8.encode("a"); export function g(): usize { return changetype<usize>(a); }`,
    {},
    "start",
  ],
] as const)("a module with %s is refused by it", async (_, source, options, field) =>
  refused(await compiled(source, options), field),
);

test.each([
  ["a text in place of all", "{" as unknown as object, "sluice.manifest"],
  ["no list of policies", { policies: {} }, "sluice.manifest.policies"],
  [
    "a policy without a name",
    { policies: [{ version: "1.0.0" }] },
    "sluice.manifest.policies[0].name",
  ],
  [
    "a version that is none",
    { policies: [{ name: "a", version: "new" }] },
    "sluice.manifest.policies[0].version",
  ],
  [
    "parameters that are a text",
    { policies: [{ name: "a", version: "1.0.0", parameters: "any" }] },
    "sluice.manifest.policies[0].parameters",
  ],
])("a manifest with %s is refused by it", async (_, manifest, field) =>
  refused(withManifest(await tinyFilter(), manifest), field),
);

test("what may be imported is what the simulator has", () => {
  const known = Object.keys(hostcalls).filter((name) => name.startsWith("proxy_"));
  expect([...hostcallNames].sort()).toEqual(known.sort());
});

test("a module with any byte changed is taken or refused, and never a fault of the gateway", async () => {
  const change = fc.tuple(fc.nat(module.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const bytes = module.slice();
      for (const [at, value] of changes) bytes[at] = value;
      expect([201, 400]).toContain((await upload(bytes)).status);
    }),
    { numRuns: Number(process.env["FUZZ"] ?? 60) },
  );
  expect(t.logs.filter((line) => /TypeError|RangeError|Cannot read/.test(line))).toEqual([]);
});

test("more than 64 MiB is refused by its length, and without one when it is reached", async () => {
  const before = await kept();
  const mebibyte = new Uint8Array(1_048_576);
  let given = 0;
  const endless = new ReadableStream({
    pull: (to) => {
      given += 1;
      to.enqueue(mebibyte);
      if (given === 200) to.close();
    },
  });
  const announced = await upload(new Uint8Array(65 * 1_048_576));
  expect(announced).toMatchObject({ status: 413, message: "expected at most 67108864 bytes" });
  const flowing = await upload(endless).catch(() => null);
  // Who goes on sending may be cut off before the answer is read.
  if (flowing) expect(flowing.status).toBe(413);
  expect(given).toBeLessThan(200);
  expect(await kept()).toEqual(before);
});
