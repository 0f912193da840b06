/** The examples of the policies' READMEs, as an API's documents in a real gateway: each is taken and served as it stands. */
import { basename } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDefinition } from "../../cli/build/definition.ts";
import { build } from "../../cli/build/index.ts";
import { loadCases } from "../../cli/cases/load.ts";
import { documentOf } from "../../cli/docs/document.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";
import { restApi, startTestGateway, type TestGateway } from "../controller/fixtures/gateway.ts";

const folders = await shelfFolders();
const examples = await Promise.all(
  folders.map(async (folder) => {
    const definition = await readDefinition(folder);
    const marked = (await loadCases(folder)).filter((one) => one.example);
    const documents = await Promise.all(marked.map((one) => documentOf(one, definition)));
    return { name: basename(folder), documents };
  }),
);
const configurations = examples.flatMap(({ documents }) =>
  documents.flatMap((one) => Object.entries(one.configurations)),
);

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway({
    module: (await build(folders)).wasm,
    policyConfigurations: Object.fromEntries(configurations) as never,
  });
});
afterAll(() => t?.close());

test.each(examples)(
  "$name has examples, and a gateway serves them",
  async ({ name, documents }) => {
    expect(documents).not.toEqual([]);
    for (const [i, { policies }] of documents.entries()) {
      const definition = (one: string) => ({
        name: one,
        upstreams: [{ url: `http://127.0.0.1:${t.upstream.port}` }],
      });
      const answer = await t.manage(
        "POST",
        "/rest-apis?wait=10s",
        restApi(`${name}-${i}`, t.upstream.port, {
          policies,
          upstreamDefinitions: ["blue", "green"].map(definition),
        }),
      );
      expect(answer.body).toMatchObject({ status: { state: "deployed", problem: null } });
    }
  },
);

test("no two examples want another configuration of the same policy", () => {
  for (const [section, values] of configurations)
    for (const [other, others] of configurations)
      if (section === other) expect(values).toEqual(others);
});
