/** Documents that cost their reader more than they are long, each of them of a size that the management API takes. */
import { expect, test } from "vitest";
import { UserError } from "../../../controller/errors.ts";
import { parseBody } from "../../../controller/model/text/body.ts";
import { readDocument, resourceKinds } from "../../../controller/model/index.ts";
import { redact } from "../../../controller/people/redact.ts";
import { restApi } from "../fixtures/gateway.ts";

const read = (texts: string[]) => {
  const policies = [{ name: "p", version: "v1", params: { texts } }];
  return readDocument(resourceKinds[0], restApi("a", 9, { policies }), {
    env: {},
    secret: () => null,
  });
};

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError)
      return [error.message, ...(error.fields ?? []).map(({ message }) => message)].join("\n");
    throw error;
  }
  return "none";
}

// A reader that looked anew from each brace would need hours for these, and a test's time ends long before.
const braces = "{{".repeat(2_000_000);

test("braces that open and never close are text, read in one pass", () => {
  expect(read([braces]).api.policies[0]!.params["texts"]).toEqual([braces]);
});

test("the audit log hides what is marked in one pass, too", () => {
  expect(redact({ a: `${braces}redact` })).toEqual({ a: "***" });
});

const doubled = `{{ "${"a".repeat(32)}"${' | replace "a" "aa"'.repeat(40)} }}`;
const large = `{{ "${"a".repeat(32)}"${' | replace "a" "aa"'.repeat(11)} }}`;

test("a template that doubles its value again and again is refused", () => {
  expect(refusal(() => read([doubled]))).toContain("value is over 65536 characters");
});

test("many templates with large values are refused when they come to much", () => {
  expect(refusal(() => read([large]))).toBe("none");
  expect(refusal(() => read(Array.from({ length: 100 }, () => large)))).toContain(
    "templates' values are over 4194304 characters",
  );
});

test("a template with parentheses without end is refused", () => {
  expect(refusal(() => read([`{{ ${"(".repeat(100_000)} }}`]))).toContain("over 4096 characters");
});

test.each([
  ["application/json", `{"spec":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
  ["application/yaml", `spec: ${"[".repeat(200_000)}${"]".repeat(200_000)}`],
  ["application/yaml", "- ".repeat(200_000)],
  ["application/yaml", "? ".repeat(200_000)],
  ["text/plain", `{a: ${"{? ".repeat(100_000)}`],
])("what is nested deep as %s is refused before it is read", (type, text) => {
  expect(refusal(() => parseBody(text, type))).toContain("it is nested deeper than 128");
});

test("a key that stands twice is refused, also far apart, and so many keys are read in one pass", () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join("\n");
  expect(Object.keys(parseBody(keys, "application/yaml") as object)).toHaveLength(50_000);
  expect(refusal(() => parseBody(`spec:\n  a: 1\n  b: 2\n  "a": 3`, "application/yaml"))).toContain(
    'the key "a" stands twice',
  );
});

const spec = (over: object) =>
  refusal(() =>
    readDocument(resourceKinds[0], restApi("a", 9, over), { env: {}, secret: () => null }),
  );
const definition = (over: object) =>
  spec({ upstreamDefinitions: [{ name: "d", upstreams: [{ url: "http://a" }], ...over }] });

test.each(["/x HTTP/1.1", "/x?admin=true", "/x#y", "/x\u0000y", "/x\n"])(
  "a base path that would write into the request line is refused: %j",
  (basePath) => {
    expect(definition({ basePath })).toContain("must not have whitespace, control characters");
    expect(definition({ settings: { healthCheck: { path: basePath } } })).toMatch(
      /[?#]/.test(basePath) ? /none/ : /visible characters/,
    );
  },
);

test("control characters are refused in contexts and paths", () => {
  expect(spec({ context: "/a\u0001" })).toContain("must be a plain path");
  expect(spec({ operations: [{ method: "GET", path: "/a\u007f" }] })).toContain(
    "control characters",
  );
});

test.each(["a\u001b[2J", "a\u009b2J", "a\u202eb", "a\u200bb", "a\ufeff"])(
  "a name that a terminal would not show as it is, is refused: %j",
  (name) => {
    expect(
      refusal(() => readDocument(resourceKinds[0], restApi(name, 9, { context: "/a" }))),
    ).toContain("must not have whitespace, /, } or control characters");
  },
);

test("more routes than a gateway should hold for one API are refused", () => {
  const operations = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ method: "GET", path: `/${i}` }));
  expect(spec({ operations: operations(5_000) })).toBe("none");
  expect(spec({ operations: operations(5_001) })).toContain("must have 1 to 5000 entries");
  const main = Array.from({ length: 20 }, (_, i) => `h${i}.example`).join(";");
  expect(spec({ operations: operations(5_000), vhosts: { main } })).toContain(
    "at most 50000 routes",
  );
});

test("a host is one host in whatever case it is written", () => {
  const vhosts = { main: "Shop.Example;shop.example;*.SHOP.example" };
  const { api } = readDocument(resourceKinds[0], restApi("a", 9, { vhosts }));
  expect(api.vhosts.main).toEqual(["shop.example", "*.shop.example"]);
  expect(spec({ vhosts: { main: "Shop.Example", sandbox: "SHOP.example" } })).toContain(
    "must differ",
  );
});
