import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { schemaFiles } from "../../cli/schemas/index.ts";
import { schemaFolder } from "../../cli/schemas/write.ts";

test("the folder of schemas is what the code says, and each of them is one", async () => {
  const files = schemaFiles();
  expect((await readdir(schemaFolder)).sort()).toEqual(Object.keys(files).sort());
  const ajv = new Ajv2020({ strict: false, formats: { "date-time": true } });
  for (const [name, text] of Object.entries(files)) {
    const written = await readFile(join(schemaFolder, name), "utf8");
    expect(written, `${name}: run "npm run docs" and commit what it writes`).toBe(text);
    expect(ajv.validateSchema(JSON.parse(text)), name).toBe(true);
  }
});
