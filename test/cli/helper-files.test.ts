import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../cli/build/index.ts";
import { readPolicySource } from "../../cli/build/syntax/source.ts";
import { scaffold } from "../../cli/build/scaffold.ts";
import { simulate } from "../../host-sim/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-helpers-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A policy whose handler leaves everything to a function in a file beside it. */
async function policyWithHelper(name: string, helper: string): Promise<string> {
  const made = await scaffold(name, folder);
  const className = name[0]!.toUpperCase() + name.slice(1);
  await writeFile(join(made, "helper.ts"), helper);
  await writeFile(
    join(made, "policy.ts"),
    `import { Policy, Request, Verdict } from "sluice/sdk";\nimport { Params } from "./params";\n` +
      `import { decide } from "./helper";\n\nexport class ${className} extends Policy<Params> {\n` +
      `  onRequestHeaders(request: Request): Verdict {\n    return decide(request);\n  }\n}\n`,
  );
  return made;
}

test("a call in a helper file is answered", async () => {
  const made = await policyWithHelper(
    "caller",
    `import { Call, Request, Verdict } from "sluice/sdk";\n` +
      `export function decide(request: Request): Verdict {\n  return request.call(new Call("other", "GET", "/"));\n}\n`,
  );
  const gateway = await simulate({
    module: (await build([made])).wasm,
    clusters: { other: { status: 200 } },
  });
  expect((await gateway.request({ path: "/" })).status).toBe(200);
  await gateway.close();
});

test("waiting in a helper file ends", async () => {
  const made = await policyWithHelper(
    "waiter",
    `import { Request, Verdict } from "sluice/sdk";\nclass Tries {\n  count: i32 = 0;\n}\n` +
      `export function decide(request: Request): Verdict {\n` +
      `  return request.state<Tries>().count++ ? Verdict.Continue : request.after(20);\n}\n`,
  );
  const gateway = await simulate({ module: (await build([made])).wasm });
  expect((await gateway.request({ path: "/" })).status).toBe(200);
  await gateway.close();
});

test("counting in a helper file has its table before the first request", async () => {
  const made = await policyWithHelper(
    "counter",
    `import { Reply, Request, SharedCounter, Verdict } from "sluice/sdk";\n` +
      `export function decide(request: Request): Verdict {\n` +
      `  const seen = new SharedCounter("seen").add(1);\n` +
      `  return request.respond(new Reply(200).body(seen.toString()));\n}\n`,
  );
  expect((await readPolicySource(made)).shares).toEqual(["table"]);
});
