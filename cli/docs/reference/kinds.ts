/** The page of kinds: what the management API's description says of the documents that `ap apply` takes. */
import { stringify } from "yaml";
import type { OpenApi } from "../../../controller/describe/openapi.ts";
import { kindRows, type KindRow } from "../../client/kinds.ts";
import { code, inCell, page, table } from "../markdown.ts";
import { rowsOf, type Row, type Schema } from "../parameters.ts";
import { managementApi } from "./management-api.ts";
import { keyOf, words } from "./words.ts";

export function kindsPage(): string {
  return page(
    "# Kinds",
    "Documents in YAML or JSON, several in a file with `---` between them. `ap apply -f` brings them in the order in which " +
      'they need each other. Every text of a `spec` may have templates: `{{ env "NAME" }}`, and in `params` of policies ' +
      '`{{ secret "name" }}`. A field that is not here has no effect, and the answer warns of it.',
    ...kindRows.flatMap(section),
  );
}

/** A kind's fields in the document that a file has, by their paths; none where the gateway does not have the kind yet. */
export const fieldsOf = (row: KindRow): Row[] =>
  rowsOf(documentSchema(row) ?? {})
    .filter(([path]) => !/^(apiVersion|kind|status)$/.test(path))
    .sort(([a], [b]) => Number(b.startsWith("metadata")) - Number(a.startsWith("metadata")));

function section(row: KindRow): string[] {
  const rows = fieldsOf(row);
  if (rows.length === 0) return [];
  return [
    `## ${code(row.kind)}`,
    `\`\`\`yaml\n${stringify(exampleOf(row), { lineWidth: 90 }).trimEnd()}\n\`\`\``,
    table(
      ["field", "type", "", ""],
      rows.map(([path, type, absent]) => [
        code(path),
        type,
        absent,
        inCell(words[keyOf(row.kind, path) ?? ""] ?? ""),
      ]),
    ),
  ];
}

const bodyOf = ({ path }: KindRow) =>
  managementApi.paths[path]?.["post"]?.requestBody?.content["application/json"];

const apiVersion = "gateway.api-platform.wso2.com/v1";

function exampleOf(row: KindRow): unknown {
  const example = bodyOf(row)?.example as Record<string, unknown>;
  if (row.form === "document") return example;
  const name = String(example[row.identity ?? "name"] ?? "example").toLowerCase();
  return { apiVersion, kind: row.kind, metadata: { name }, spec: example };
}

function documentSchema(row: KindRow): Schema | null {
  const schema = bodyOf(row)?.schema;
  if (!schema) return null;
  const spec = plain(schema, managementApi);
  if (row.form === "document") return spec;
  return { type: "object", required: ["spec"], properties: { spec } };
}

const duration = String.raw`^(\d+(?:\.\d+)?)(ms|s|m|h)$`;

interface Described {
  readonly $ref?: string;
  readonly anyOf?: readonly Described[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly additionalProperties?: boolean | Described;
  readonly [more: string]: unknown;
}

/** The schema as people write documents: without null for what is not there, templates, and numbers written as texts. */
function plain(described: Described, api: OpenApi): Schema {
  if (described.$ref)
    return plain(api.components.schemas[described.$ref.split("/").at(-1)!] as Described, api);
  const { anyOf, type, properties, items, additionalProperties: open, ...all } = described;
  if (anyOf) {
    const [first = {}] = anyOf.filter((one) => one.type !== "null");
    return plain(first, api);
  }
  // Patterns are for machines; the words beside them are for people.
  const { pattern, minLength, ...rest } = all;
  return {
    ...rest,
    ...(all["maxLength"] !== undefined && { minLength: minLength as number }),
    ...(pattern === duration && { "x-expected": "a duration such as `30s`" }),
    ...(type && { type: typeof type === "string" ? type : type[0]! }),
    ...(items && { items: plain(items, api) }),
    ...(typeof open === "object" && { additionalProperties: plain(open, api) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, one]) => [name, plain(one, api)]),
      ),
    }),
  };
}
