/** `ap lint`: every rule finds its own mistake, not what is mended, and says why. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { advice } from "../../../cli/lint/advice.ts";
import { rules } from "../../../cli/lint/rules.ts";
import { written } from "../../../cli/docs/reference/index.ts";
import { readDocument, resourceKinds } from "../../../controller/model/index.ts";
import { ap, ownHome } from "../ap.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
beforeAll(async () => void (home = await ownHome()));
afterAll(() => home.restore());

/** A whole API in which only what the piece says is of interest. */
const whole = (piece: string) => ({
  apiVersion: "gateway.api-platform.wso2.com/v1",
  kind: "RestApi",
  metadata: { name: "orders" },
  spec: {
    ...{ displayName: "Orders", version: "v1.0", context: "/orders" },
    upstream: { main: { url: "https://orders.example.com" } },
    operations: [{ method: "GET", path: "/x" }],
    ...(parse(piece) as object),
  },
});

/** Every secret is there. */
const sources = { env: {}, secret: () => "kept" };

async function linted(spec: object, ...argv: string[]) {
  const file = join(home.folder, "api.yaml");
  await writeFile(file, stringify(spec));
  const { code, out } = await ap("lint", "-f", file, "-o", "json", ...argv);
  return { code, found: JSON.parse(out) as { rule: string; field: string; page: string }[] };
}

test("every rule has advice, and every piece of advice a rule", () => {
  expect(rules.map(({ id }) => id)).toEqual(Object.keys(advice));
});

describe.each(rules)("$id", ({ id, severity }) => {
  test("finds its mistake, ends with its exit code, and names a section that there is", async () => {
    const { code, found } = await linted(whole(advice[id].mistake));
    const own = found.filter(({ rule }) => rule === id);
    expect(own).toHaveLength(1);
    expect(code).toBe(severity === "error" ? 1 : 0);
    expect((await linted(whole(advice[id].mistake), "--strict")).code).toBe(1);
    const [page, anchor] = own[0]!.page.split("#");
    expect(page).toBe("docs/reference/lint.md");
    expect((await written("lint.md"))?.toLowerCase()).toContain(`\n## ${anchor}\n`);
  });

  test("does not find it once it is mended, and both are APIs that a gateway takes", async () => {
    const { found } = await linted(whole(advice[id].mended));
    expect(found.filter(({ rule }) => rule === id)).toEqual([]);
    for (const piece of [advice[id].mistake, advice[id].mended])
      expect(readDocument(resourceKinds[0], whole(piece), sources).api.name).toBe("orders");
  });

  test("is explained, whatever its case", async () => {
    const { code, out } = await ap("lint", "--explain", id.toLowerCase());
    expect(code).toBe(0);
    expect(out).toContain(advice[id].why);
    expect(out).toContain(`${id} (${severity})`);
  });
});

test("operations that differ by header, query parameter or form of path hide nothing", async () => {
  const path = { value: "/{id}" };
  const operations = [
    { match: { method: "GET", path, headers: [{ name: "a", value: "1" }] } },
    { match: { method: "GET", path, queryParams: [{ name: "a", value: "1" }] } },
    { match: { method: "GET", path: { ...path, type: "PathPrefix" } } },
    { method: "GET", path: "/{id}" },
    { match: { method: "GET", path } },
  ];
  const { found } = await linted(whole(stringify({ operations })));
  expect(found.filter(({ rule }) => rule === "AP005")).toEqual([]);
});

test("a rule that there is not is named with those that there are", async () => {
  const { code, err } = await ap("lint", "--explain", "AP999");
  expect([code, err]).toEqual([3, expect.stringMatching(/AP999.*AP001.*\n.*ap lint --rules/)]);
});
