/** Cases that are marked as examples, as a reader of YAML and HTTP would write them down. */
import { X509Certificate } from "node:crypto";
import { stringify } from "yaml";
import type { Case, CaseRequest, Expected, ExpectedRequest, Text } from "../../host-sim/cases.ts";
import { pairsOf, type Upstream } from "../../host-sim/http/upstream.ts";
import type { Definition } from "../build/definition.ts";
import { documentOf } from "./document.ts";
import { requestsOf } from "./refusals.ts";

export async function exampleText(one: Case, owner: Definition): Promise<string> {
  const { policies, configurations } = await documentOf(one, owner);
  const parts = [`### ${sentence(one.name)}`, yaml({ policies })];
  if (Object.keys(configurations).length > 0)
    parts.push("In the gateway's configuration:", yaml({ policy_configurations: configurations }));
  if (one.feed) parts.push(`The gateway knows ${listed(one.feed.map(({ table }) => table))}.`);
  for (const { request, expect } of requestsOf(one)) {
    parts.push(...connection(request), fenced("http", requestText(request)));
    const upstream = expect.upstream && upstreamText(expect.upstream, request);
    if (upstream) parts.push("The upstream gets:", fenced("http", upstream));
    const answered = expect.upstream !== null && one.upstream && upstreamAnswer(one.upstream);
    if (answered) parts.push("The upstream answers:", fenced("http", answered));
    if (expect.upstream === null) parts.push("The upstream gets nothing. The client gets:");
    else parts.push("The client gets:");
    parts.push(fenced("http", answerText(expect)));
  }
  return parts.join("\n\n");
}

const yaml = (value: object): string =>
  fenced("yaml", stringify(value, withoutKeys, { lineWidth: 90 }).trimEnd());

/** A key belongs in the environment; a case has one of its own, another in each run. */
const withoutKeys = (_: unknown, value: unknown): unknown =>
  typeof value === "string" && value.startsWith("-----BEGIN PRIVATE") ? '{{ env "KEY" }}' : value;

const articles: Readonly<Record<string, string>> = { key: "an API key" };

/** Each once. */
const listed = (tables: readonly string[]): string =>
  [...new Set(tables)].map((one) => articles[one] ?? `a ${one}`).join(" and ");

function requestText({ method = "GET", path, headers, body }: CaseRequest["request"]): string {
  const lines = pairsOf(headers).map(
    ([name, value]) => `${name === ":authority" ? "host" : name}: ${cut(value)}`,
  );
  const text = body === undefined ? [] : ["", Buffer.from(body as string).toString()];
  return [`${method} ${path} HTTP/1.1`, ...lines, ...text].join("\n");
}

/** What cannot be seen in the request: that it comes by TLS, and what the client shows there. */
function connection({ scheme, clientCertificate }: CaseRequest["request"]): string[] {
  if (scheme !== "https") return [];
  if (!clientCertificate) return ["Over TLS, without a client certificate:"];
  const { subject } = new X509Certificate(clientCertificate.certificate);
  return [`Over TLS, with the certificate of \`${subject.split("\n").reverse().join(",")}\`:`];
}

/** What is said of it; nothing but the first line if all of it is as the client sent it. */
function upstreamText(expected: ExpectedRequest, sent: CaseRequest["request"]): string {
  const method = expected.method ?? sent.method ?? "GET";
  const path = expected.path === undefined ? sent.path : shown(expected.path);
  return [
    `${method} ${path} HTTP/1.1`,
    ...headerLines(expected.headers),
    ...bodyLines(expected.body),
  ].join("\n");
}

/** Nothing if it answers as the runner's echo does. */
function upstreamAnswer(upstream: Upstream): string | null {
  if (typeof upstream !== "object") return null;
  const { status = 200, headers, body } = upstream;
  const lines = pairsOf(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, ...(typeof body === "string" ? ["", body] : [])].join(
    "\n",
  );
}

const answerText = ({ status, headers, body }: Expected): string =>
  [`HTTP/1.1 ${status ?? 200}`, ...headerLines(headers), ...bodyLines(body)].join("\n");

function headerLines(headers: Expected["headers"] = {}): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === null) return [];
    return (Array.isArray(value) ? value : [shown(value)]).map((one) => `${name}: ${one}`);
  });
}

function bodyLines(body: Expected["body"]): string[] {
  if (body === undefined || body === "") return [];
  const text =
    typeof body === "string" || body instanceof RegExp ? shown(body) : JSON.stringify(body);
  return ["", text];
}

/** Of a token, a certificate or a signature, what tells which it is. */
const cut = (value: string): string => (value.length > 100 ? `${value.slice(0, 40)}…` : value);

/** A pattern stands for what changes from run to run. */
const shown = (text: Text): string => (text instanceof RegExp ? "…" : text);

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

const sentence = (name: string): string => name[0]!.toUpperCase() + name.slice(1);
