/** The official test suite, for the keywords that sdk/std/schema claims. */
import { beforeAll, describe, expect, test } from "vitest";
import { ascii, load, type Std } from "./harness.ts";
import { remotes, required } from "./json-schema-suite.ts";

let std: Std;
beforeAll(async () => {
  std = await load("schema");
});

test.each(["draft7", "draft2020-12"] as const)("required tests of %s", (draft) => {
  const wrong: string[] = [];
  let count = 0;
  for (const [file, groups] of required(draft))
    for (const group of groups) {
      const uri = draft === "draft7" ? "http://json-schema.org/draft-07/schema#" : "https://json-schema.org/draft/2020-12/schema";
      const schema = typeof group.schema === "object" ? JSON.stringify({ $schema: uri, ...group.schema }) : JSON.stringify(group.schema);
      const text = JSON.stringify(group.schema);
      const docs = remotes(draft).filter(([address]) => text.includes("localhost:1234") || text.includes("urn:")||file==="refRemote");
      for (const one of group.tests) {
        count++;
        const found = std.text("check", schema, docs.flat().join("\0"), new TextEncoder().encode(JSON.stringify(one.data))) ?? "";
        if ((found === "") !== one.valid) wrong.push(`${file}: ${group.description}: ${one.description}: ${found}`);
      }
    }
  console.log(draft, count, wrong.length, wrong.join("\n"));
});
