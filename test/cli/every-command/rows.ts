/** One row for each command, in an order in which they work: how it is used well, and what it refuses. */

/** Words behind the command; `$name` stands for what the test has prepared or an answer has brought. */
type Words = readonly string[];

export interface Row {
  /** Used well; or which test shows it; or what stands in its place, if it never does anything. */
  done: Words | { shownBy: string } | { never: string };
  /** What has to be there before. */
  first?: Words;
  /** Of what it prints as JSON, what later rows need: name and path. */
  keep?: readonly [string, string];
  /** What `done` says beside its output, if it says something. */
  says?: RegExp;
  /** What is refused though it is well-formed, by whom and with which exit code; or why nothing is. */
  refused: readonly [words: Words, code: number, id: string] | string;
  /** What it does without its gateway, if that is not 5; or that it asks none. */
  alone?: "asks none" | 0;
}

const asksNone = { alone: "asks none" } as const;
const notFound = (...words: string[]) => [words, 3, "AP-NOT-FOUND"] as const;
const noGateway = (...words: string[]) =>
  [[...words, "--gateway", "nobody"], 3, "AP-NO-GATEWAY"] as const;
const nothingToRefuse = "there is nothing that it could refuse";

/** The same for a kind under `ap gateway` and, with others, at the top. */
const both = (name: string, row: Row): Record<string, Row> => ({
  [name]: row,
  [`gateway ${name}`]: row,
});

export const rows: Readonly<Record<string, Row>> = {
  "platform add": {
    ...asksNone,
    done: ["-n", "staging"],
    refused: [["-n", "staging"], 4, "AP-CONFLICT"],
  },
  "platform list": { ...asksNone, done: [], refused: nothingToRefuse },
  "platform current": { ...asksNone, done: [], refused: nothingToRefuse },
  "platform use": { ...asksNone, done: ["-n", "default"], refused: notFound("-n", "nobody") },
  "platform remove": { ...asksNone, done: ["-n", "staging"], refused: notFound("-n", "nobody") },
  "gateway add": {
    ...asksNone,
    done: ["-n", "other", "-s", "http://127.0.0.1:9"],
    refused: [["-n", "x", "-s", "http://ada:hidden@h"], 2, "AP-USAGE"],
  },
  "gateway use": {
    ...asksNone,
    done: ["-n", "dev"],
    refused: [["-n", "nobody"], 3, "AP-NO-GATEWAY"],
  },
  "gateway list": { ...asksNone, done: [], refused: nothingToRefuse },
  "gateway current": { done: [], alone: 0, refused: noGateway() },
  "gateway remove": {
    ...asksNone,
    done: ["-n", "other"],
    refused: [["-n", "nobody"], 3, "AP-NO-GATEWAY"],
  },
  "gateway health": { done: [], refused: noGateway() },
  "gateway config": {
    ...asksNone,
    done: ["check"],
    refused: [["check", "--config", "$bad"], 1, "AP-INVALID"],
  },
  "gateway bootstrap": {
    ...asksNone,
    done: ["--node", "edge-1"],
    says: /without an agent/,
    refused: [["--node", "edge-1", "--controller", "nowhere"], 1, "AP-INVALID"],
  },
  "gateway image build": {
    ...asksNone,
    done: { never: "it tells those who come from a gateway that needs images what to type here" },
    refused: [["--name", "x"], 1, "AP-NO-IMAGE"],
  },
  "gateway run": {
    ...asksNone,
    done: { shownBy: "test/e2e/command.test.ts" },
    refused: [["--http-port", "none", "--no-envoy", "--state", "x"], 1, "AP-INVALID"],
  },
  ...both("apply", {
    done: ["-f", "$good", "--wait", "10s"],
    refused: [["-f", "$bad"], 1, "AP-REFUSED"],
  }),
  ...both("diff", { done: ["-f", "$good"], refused: [["-f", "$nowhere"], 3, "AP-NO-FILE"] }),
  ...both("status", { done: ["one"], refused: notFound("nobody") }),
  ...both("export", { done: [], refused: [["--kind", "Odd"], 2, "AP-USAGE"] }),
  ...both("explain", { done: ["GET", "/one/x"], refused: [["GET", "/nowhere"], 3, "AP-NO-ROUTE"] }),
  "gateway rest-api list": { done: [], refused: noGateway() },
  "gateway rest-api get": {
    done: ["-n", "one", "-v", "v1.0"],
    refused: notFound("--id", "nobody"),
  },
  "gateway rest-api api-key create": {
    done: ["--id", "one", "--key-name", "k-1"],
    refused: notFound("--id", "nobody"),
  },
  "gateway rest-api api-key list": { done: ["--id", "one"], refused: notFound("--id", "nobody") },
  "gateway rest-api api-key regenerate": {
    done: ["--id", "one", "--key-name", "k-1"],
    refused: notFound("--id", "one", "--key-name", "nobody"),
  },
  "gateway rest-api api-key update": {
    first: ["gateway", "rest-api", "api-key", "create", "--id", "one", "-f", "$outside"],
    done: ["--id", "one", "--key-name", "outside-1", "-f", "$renewed"],
    refused: [["--id", "one", "--key-name", "k-1", "-f", "$key"], 1, "AP-REFUSED"],
  },
  "gateway rest-api api-key revoke": {
    done: ["--id", "one", "--key-name", "k-1"],
    refused: notFound("--id", "nobody", "--key-name", "k-1"),
  },
  "gateway secret list": { done: [], refused: noGateway() },
  "gateway secret get": { done: ["--id", "kept"], refused: notFound("--id", "nobody") },
  "gateway secret delete": { done: ["--id", "kept"], refused: notFound("--id", "nobody") },
  "gateway consumer list": { done: [], refused: noGateway() },
  "gateway consumer get": { done: ["--id", "ada"], refused: notFound("--id", "nobody") },
  "gateway consumer delete": { done: ["--id", "ada"], refused: notFound("--id", "nobody") },
  "gateway mcp list": { done: [], refused: noGateway() },
  "gateway mcp get": {
    done: ["-n", "Weather", "-v", "v1.0"],
    refused: notFound("--id", "nobody"),
  },
  "gateway mcp delete": { done: ["--id", "weather"], refused: notFound("--id", "nobody") },
  "gateway mcp generate": {
    ...asksNone,
    done: { shownBy: "test/cli/mcp/generate.test.ts" },
    refused: [["-s", "http://127.0.0.1:9"], 5, "AP-UNREACHABLE"],
  },
  "gateway certificate create": {
    done: ["--name", "corp", "--field", "certificate=$pem"],
    keep: ["certificate", "id"],
    refused: [["--name", "corp", "--field", "certificate=$pem"], 4, "AP-CONFLICT"],
  },
  "gateway certificate list": { done: [], refused: noGateway() },
  "gateway certificate get": {
    done: ["--id", "$certificate"],
    refused: notFound("--id", "nobody"),
  },
  "gateway certificate delete": {
    done: ["--id", "$certificate"],
    refused: notFound("--id", "nobody"),
  },
  "gateway subscription-plan create": {
    done: ["--plan-name", "Gold", "--throttle-limit-count", "5", "--throttle-limit-unit", "Min"],
    keep: ["plan", "id"],
    refused: [["--plan-name", "Gold"], 4, "AP-CONFLICT"],
  },
  "gateway subscription-plan list": { done: [], refused: noGateway() },
  "gateway subscription-plan get": { done: ["--id", "$plan"], refused: notFound("--id", "nobody") },
  "gateway subscription-plan update": {
    done: ["--id", "$plan", "--billing-plan", "b"],
    refused: notFound("--id", "nobody", "--status", "ACTIVE"),
  },
  "gateway subscription create": {
    done: ["--api-id", "one", "--subscription-token", "tok-1", "--subscription-plan-id", "$plan"],
    keep: ["subscription", "id"],
    refused: [["--api-id", "one", "--subscription-token", "tok-1"], 4, "AP-CONFLICT"],
  },
  "gateway subscription list": { done: ["--api-id", "one"], refused: noGateway() },
  "gateway subscription get": {
    done: ["--id", "$subscription"],
    refused: notFound("--id", "nobody"),
  },
  "gateway subscription update": {
    done: ["--id", "$subscription", "--status", "INACTIVE"],
    refused: [["--id", "$subscription", "--status", "ODD"], 1, "AP-REFUSED"],
  },
  "gateway subscription delete": {
    done: ["--id", "$subscription"],
    refused: notFound("--id", "nobody"),
  },
  "gateway subscription-plan delete": {
    done: ["--id", "$plan"],
    refused: notFound("--id", "nobody"),
  },
  "gateway rest-api delete": { done: ["--id", "one"], refused: notFound("--id", "nobody") },
  "policy new": {
    ...asksNone,
    done: ["shout", "-d", "$home"],
    refused: [["Not-A-Name", "-d", "$home"], 1, "AP-INVALID"],
  },
  "policy build": {
    ...asksNone,
    done: ["$home/shout", "-o", "$home/shout.wasm"],
    refused: [["$nowhere"], 1, "AP-INVALID"],
  },
  "policy inspect": {
    ...asksNone,
    done: ["$home/shout.wasm"],
    refused: [["$bad"], 1, "AP-INVALID"],
  },
  "policy harden": {
    ...asksNone,
    done: ["$home/shout.wasm", "-o", "$home/hard.wasm"],
    refused: [["$bad", "-o", "$home/hard.wasm"], 1, "AP-INVALID"],
  },
  "policy symbolicate": {
    ...asksNone,
    done: ["$home/shout.wasm.map", "$bad"],
    refused: [["$bad", "$bad"], 1, "AP-INVALID"],
  },
  "policy run": {
    ...asksNone,
    done: ["$home/shout.wasm", "--config", '{"header":"x-name"}'],
    refused: [["$bad"], 1, "AP-MODULE"],
  },
  "policy test": {
    ...asksNone,
    done: { shownBy: "test/cli/policy-test.test.ts" },
    refused: [["$nowhere"], 1, "AP-INVALID"],
  },
  "policy bench": {
    ...asksNone,
    done: { shownBy: "test/cli/bench.test.ts" },
    refused: [["$nowhere"], 1, "AP-INVALID"],
  },
  "policy docs": {
    ...asksNone,
    done: { shownBy: "test/cli/docs.test.ts" },
    refused: [["$nowhere"], 1, "AP-INVALID"],
  },
  "policy publish": {
    done: ["$home/shout.wasm"],
    refused: [["$nowhere"], 3, "AP-NO-FILE"],
  },
  "policy list": { done: [], refused: noGateway() },
  "policy history": { done: [], refused: noGateway() },
  "policy rollback": { done: [], refused: [["0000"], 3, "AP-NOT-FOUND"] },
  dev: {
    ...asksNone,
    done: { shownBy: "test/cli/dev.test.ts" },
    refused: [["$nowhere"], 1, "AP-INVALID"],
  },
  "import openapi": {
    ...asksNone,
    done: { shownBy: "test/cli/openapi/import.test.ts" },
    refused: [["$nowhere"], 3, "AP-NO-FILE"],
  },
  lint: { ...asksNone, done: ["--rules"], refused: [["-f", "$nowhere"], 3, "AP-NO-FILE"] },
  render: {
    ...asksNone,
    done: ["-f", "$good", "--module", "$module"],
    refused: [["-f", "$bad", "--module", "$module"], 1, "AP-INVALID"],
  },
  doctor: { ...asksNone, done: { shownBy: "test/cli/gateways.test.ts" }, refused: nothingToRefuse },
  "envoy install": {
    ...asksNone,
    done: { shownBy: "test/runners/envoy.test.ts" },
    refused: nothingToRefuse,
  },
  "envoy path": { ...asksNone, done: [], refused: nothingToRefuse },
  "support bundle": {
    done: ["--file", "$home/bundle.tar.gz"],
    alone: 0,
    refused: [["--file", "$nowhere/x"], 1, "AP-SYSTEM"],
  },
  completion: { ...asksNone, done: ["bash"], refused: [["tcsh"], 2, "AP-USAGE"] },
  version: { ...asksNone, done: [], refused: nothingToRefuse },
};
