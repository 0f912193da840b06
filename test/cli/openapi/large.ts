/** A description as large as those of real products: 100 operations in three files that refer to each other. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";

const resources =
  "accounts addresses articles baskets branches campaigns carriers categories contracts coupons currencies customers deliveries discounts drivers invoices items languages offers orders payments products refunds stores vouchers".split(
    " ",
  );

const schemaName = (resource: string): string =>
  `${resource[0]!.toUpperCase()}${resource.slice(1, -1)}`;
const schemaOf = (resource: string) => ({ $ref: `schemas.yaml#/${schemaName(resource)}` });
const json = (schema: object) => ({ "application/json": { schema } });
const ok = { "200": { description: "ok" } };
const id = { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } };

const pathsOf = (resource: string, i: number): [string, object][] => [
  [
    `/${resource}`,
    {
      get: {
        parameters: [
          ...["Page", "Size", "Sort", "Filter"].map((name) => ({
            $ref: `parameters.yaml#/${name}`,
          })),
          { name: "session", in: "cookie", schema: { type: "string" } },
        ],
        responses: ok,
      },
      post: {
        requestBody: { required: true, content: json(schemaOf(resource)) },
        ...(i % 5 === 0 && { callbacks: { changed: { "{$request.body#/hook}": { post: {} } } } }),
        responses: ok,
      },
    },
  ],
  [
    `/${resource}/{id}`,
    {
      parameters: [i % 2 ? id : { ...id, schema: { type: "integer", minimum: 1 } }],
      get: { security: [{ key: [] }, { login: [`${resource}:read`] }], responses: ok },
      put: {
        requestBody: {
          content: {
            ...json(schemaOf(resource)),
            ...(i % 3 === 0 && { "multipart/form-data": { schema: { type: "object" } } }),
          },
        },
        security: [{ login: [`${resource}:write`] }],
        responses: ok,
      },
    },
  ],
];

const openapi = {
  openapi: "3.0.3",
  info: { title: "Commerce (everything)", version: "2024-11-01" },
  servers: [
    {
      url: "https://{region}.commerce.example/{base}",
      variables: { region: { default: "eu", enum: ["eu", "us"] }, base: { default: "api/v2" } },
    },
    { url: "https://sandbox.commerce.example" },
  ],
  security: [{ key: [] }],
  paths: Object.fromEntries(resources.flatMap(pathsOf)),
  components: {
    securitySchemes: {
      key: { type: "apiKey", in: "header", name: "X-Commerce-Key" },
      login: {
        type: "oauth2",
        flows: { clientCredentials: { tokenUrl: "https://login.example/token", scopes: {} } },
      },
    },
    schemas: {
      Money: { type: "object", required: ["amount"], properties: { amount: { type: "number" } } },
    },
  },
};

/** In rings of five, each refers to the next one; money stands in the description itself. */
const schemas = Object.fromEntries(
  resources.map((resource, i) => [
    schemaName(resource),
    {
      type: "object",
      required: ["id", "name"],
      properties: {
        id: { type: "string", readOnly: true },
        name: { type: "string", minLength: 1, maxLength: 200 },
        status: { type: "string", enum: ["draft", "active", "gone"], nullable: true },
        price: { $ref: "openapi.yaml#/components/schemas/Money" },
        next: { $ref: `#/${schemaName(resources[i % 5 === 4 ? i - 4 : i + 1]!)}` },
        tags: { type: "array", maxItems: 20, items: { type: "string" } },
      },
    },
  ]),
);

const parameters = {
  Page: { name: "page", in: "query", schema: { type: "integer", minimum: 0 } },
  Size: { name: "size", in: "query", schema: { type: "integer", minimum: 1, maximum: 100 } },
  Sort: {
    name: "sort",
    in: "query",
    explode: false,
    schema: { type: "array", items: { type: "string" } },
  },
  Filter: {
    name: "filter",
    in: "query",
    required: true,
    style: "deepObject",
    schema: { type: "object" },
  },
};

/** The description's file. */
export async function writeLarge(folder: string): Promise<string> {
  await mkdir(folder);
  const files = { "openapi.yaml": openapi, "schemas.yaml": schemas, "parameters.yaml": parameters };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), stringify(content, { aliasDuplicateObjects: false }));
  return join(folder, "openapi.yaml");
}
