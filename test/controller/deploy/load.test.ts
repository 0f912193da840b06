/** What a controller makes of a store whose documents it would not take any more. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startGateway, type Gateway } from "../../../controller/gateway.ts";
import { resourceKinds, type ResourceKind } from "../../../controller/model/index.ts";
import { Store } from "../../../controller/store/store.ts";
import { anyPorts, restApi } from "../fixtures/gateway.ts";
import { tinyModule } from "../tiny-filter.ts";

const [plain] = resourceKinds;
/** As another version of the gateway may have read it: the same document became something that Envoy's schema forbids. */
const other = (path: string): ResourceKind => ({
  ...plain,
  ...{ kind: "Other", path: "others", listKey: "others", label: "Other" },
  read: (document) => {
    const api = plain.read(document);
    return { ...api, operations: api.operations.map((one) => ({ ...one, path })) };
  },
});
const noText = "/\ud800";

let folder: string;
let gateway: Gateway;
const start = async (kind: ResourceKind): Promise<void> => {
  const module = await tinyModule();
  const store = join(folder, "gateway.db");
  const common = { envoy: "none", ports: anyPorts } as const;
  gateway = await startGateway({ ...common, store, module, kinds: [plain, kind] });
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-load-"));
  await start(other("/fine"));
});
afterEach(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

const served = (name: string) => gateway.control.compiled(name)?.routes.length ?? 0;
const problem = async (name: string) => (await gateway.control.statuses([name]))[0]!.problem;

test("one that Envoy's schema forbids is left out with its reason, and all others are served", async () => {
  const { control } = gateway;
  for (const name of ["before", "later"])
    await control.put(plain, restApi(name, 1), { create: true });
  await control.put(
    control.kinds[1]!,
    { ...restApi("strange", 1), kind: "Other" },
    { create: true },
  );
  expect(served("strange")).toBe(1);
  await gateway.stop();
  await start(other(noText));
  expect(["before", "strange", "later"].map(served)).toEqual([1, 0, 1]);
  expect(await problem("before")).toBeNull();
  expect(await problem("strange")).toMatchObject({
    revision: 1,
    reason: expect.stringContaining("invalid UTF8"),
  });
  expect(gateway.control.get("strange")!.revision).toBe(1);
});

test("one that cannot be built any more is served as it was before, and the status says which revision", async () => {
  await gateway.control.put(plain, restApi("older", 1, { context: "/first" }), { create: true });
  await gateway.stop();
  const store = await Store.open(join(folder, "gateway.db"));
  const source = restApi("older", 1, { policies: [{ name: "gone", version: "v1" }] });
  const facts = { kind: "RestApi", handle: "older", displayName: "older", version: "v1.0" };
  await store.write({ ...facts, source, deployed: true }, "any");
  await store.close();
  await start(other("/fine"));
  expect(gateway.control.compiled("older")!.routes[0]!.prefix).toBe("/first");
  expect(await problem("older")).toMatchObject({
    revision: 2,
    reason: expect.stringContaining("spec.policies[0].name policy 'gone' is not installed"),
  });
});
