import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import {
  PolicyCatalog,
  type PolicyDefinition,
} from "../../../../controller/deploy/policies/catalog.ts";

test("a gateway can read the definitions of all policies of the shelf together", () => {
  const definitions = readdirSync("policies", { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map(
      ({ name }) =>
        parse(readFileSync(join("policies", name, "policy.yaml"), "utf8")) as PolicyDefinition,
    );
  expect(new PolicyCatalog(definitions).list()).toHaveLength(definitions.length);
});
