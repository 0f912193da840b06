import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDefinition } from "../../../../cli/build/definition.ts";
import { PolicyCatalog } from "../../../../controller/deploy/policies/catalog.ts";

test("a gateway can read the definitions of all policies of the shelf together", async () => {
  const folders = readdirSync("policies", { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  const definitions = await Promise.all(
    folders.map(({ name }) => readDefinition(join("policies", name))),
  );
  expect(new PolicyCatalog(definitions).list()).toHaveLength(definitions.length);
});
