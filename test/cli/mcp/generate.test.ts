/** `ap gateway mcp generate` against a server that speaks streamable HTTP. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ap, ownHome } from "../ap.ts";
import { startMcpServer, type McpServer, type McpServerOptions } from "./server.ts";

let home: Awaited<ReturnType<typeof ownHome>>;
let server: McpServer;

beforeAll(async () => {
  home = await ownHome();
});
afterAll(() => home.restore());
afterEach(() => server.close());

const generate = (...argv: string[]) =>
  ap("gateway", "mcp", "generate", "--server", server.url, ...argv);

const tool = (name: string) => ({
  name,
  description: `says ${name} — für dich`,
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  annotations: { readOnlyHint: true },
});
const offers = {
  tools: ["one", "two", "three", "four", "five"].map(tool),
  resources: [{ uri: "file:///a", name: "a", mimeType: "text/plain", size: 3 }],
  prompts: [
    { name: "ask", description: "asks", arguments: [{ name: "city", required: true, extra: 1 }] },
  ],
};

describe.each<McpServerOptions>([
  { answers: "json" },
  { answers: "events" },
  { answers: "events", sessions: true, pageSize: 2 },
  { answers: "json", sessions: true, pageSize: 1, token: "let-me-in" },
])("a server with %o", (options) => {
  test("is read into a document of the kind Mcp", async () => {
    server = await startMcpServer({ ...options, offers });
    const credentials = options.token ? ["--header", `Authorization: Bearer ${options.token}`] : [];
    const { code, out, err } = await generate(...credentials);
    expect({ code, err }).toEqual({
      code: 0,
      err: "remark: gateways do not have the kind Mcp yet: this cannot be applied\n",
    });
    expect(out).not.toContain("let-me-in");
    const document = parse(out);
    expect(document).toMatchObject({
      apiVersion: "gateway.api-platform.wso2.com/v1",
      kind: "Mcp",
      metadata: { name: "weather-server" },
      spec: {
        displayName: "Wetter f r alle",
        version: "v2.3",
        context: "/weather-server",
        specVersion: "2025-11-25",
        upstream: { url: server.url },
        resources: offers.resources,
        prompts: [
          { name: "ask", description: "asks", arguments: [{ name: "city", required: true }] },
        ],
      },
    });
    expect(document.spec.tools.map((one: { name: string }) => one.name)).toEqual(
      offers.tools.map(({ name }) => name),
    );
    expect(document.spec.tools[0]).toEqual({
      name: "one",
      description: "says one — für dich",
      inputSchema: JSON.stringify(offers.tools[0]!.inputSchema),
    });
    expect(server.asked.slice(0, 2)).toEqual(["initialize", "notifications/initialized"]);
    expect(server.asked.includes("DELETE")).toBe(options.sessions === true);
  });
});

test("what a server does not offer is not asked for, and a method that it lacks is none of it", async () => {
  server = await startMcpServer({ offers: { tools: [tool("one")] } });
  expect((await generate()).code).toBe(0);
  expect(server.asked).toEqual(["initialize", "notifications/initialized", "tools/list"]);
});

test("an older protocol is read, and a remark says that it has no name", async () => {
  server = await startMcpServer({ protocolVersion: "2025-03-26", offers });
  const { code, out, err } = await generate();
  expect(code).toBe(0);
  expect(err).toContain("'2025-03-26'");
  expect(parse(out).spec.specVersion).toBeUndefined();
});

test("the document goes to a file, or to generated-mcp.yaml in a folder", async () => {
  server = await startMcpServer({ offers });
  const file = join(home.folder, "deep", "mcp.yaml");
  expect((await generate("--output", file)).out).toContain(file);
  expect((await generate("-o", join(home.folder, "target/"))).code).toBe(0);
  const written = join(home.folder, "target", "generated-mcp.yaml");
  expect(await readFile(written, "utf8")).toBe(await readFile(file, "utf8"));
});

describe("what goes wrong is said with its exit code:", () => {
  test("credentials that are missing", async () => {
    server = await startMcpServer({ token: "let-me-in" });
    const { code, err } = await generate("-H", "Authorization: Bearer secret-guess");
    expect(code).toBe(1);
    expect(err).toMatch(/AP-DENIED.*401[^]*try: .*--header/);
    expect(err).not.toContain("secret-guess");
  });

  test("a server that is not there, or is none of MCP", async () => {
    server = await startMcpServer();
    const nobody = await ap("gateway", "mcp", "generate", "-s", "http://127.0.0.1:9/mcp");
    expect(nobody.code).toBe(5);
    expect(nobody.err).toContain("AP-UNREACHABLE");
    const other = await ap("gateway", "mcp", "generate", "-s", server.url.replace("/mcp", "/"));
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/AP-NO-MCP.*404/);
  });

  test("wrong use, without printing what may be a secret", async () => {
    server = await startMcpServer();
    expect((await ap("gateway", "mcp", "generate")).code).toBe(2);
    expect((await ap("gateway", "mcp", "generate", "-s", "localhost")).code).toBe(2);
    const header = await generate("--header", "secret without a colon");
    expect(header.code).toBe(2);
    expect(header.err).not.toContain("secret without");
    const inUrl = await ap("gateway", "mcp", "generate", "-s", "http://a:hidden-word@127.0.0.1/");
    expect(inUrl.code).toBe(2);
    expect(inUrl.err).not.toContain("hidden-word");
  });

  test.each<[string, NonNullable<McpServerOptions["instead"]>[string], RegExp]>([
    ["no JSON", (response) => response.end("<html>"), /expected a JSON-RPC message/],
    [
      "an error",
      (r, id) => r.end(JSON.stringify({ id, error: { code: -1, message: "tired" } })),
      /tired/,
    ],
    ["no result", (r, id) => r.end(JSON.stringify({ id })), /expected a result/],
    ["no list", (r, id) => r.end(JSON.stringify({ id, result: { tools: 7 } })), /expected a list/],
    [
      "the same page for ever",
      (r, id) => r.end(JSON.stringify({ id, result: { tools: [], nextCursor: "x" } })),
      /same page/,
    ],
    [
      "events without the answer",
      (r) => r.writeHead(200, { "content-type": "text/event-stream" }).end("data: {}\n\n"),
      /ended without the answer/,
    ],
    [
      "a redirection, which might take credentials elsewhere",
      (r) => r.writeHead(307, { location: "http://127.0.0.1:9/" }).end(),
      /does not answer/,
    ],
    ["more than fits", (r) => r.end(Buffer.alloc(17 * 1024 * 1024, " ")), /larger than 16777216/],
  ])("%s", async (_, instead, words) => {
    server = await startMcpServer({ offers, instead: { "tools/list": instead } });
    const { code, err } = await generate();
    expect(code).toBeGreaterThan(0);
    expect(err).toMatch(words);
    expect(err).not.toContain("not your doing");
  });
});
