/** Requests by the description: its examples with other names, values by its schemas, and all of that broken. */
import fc from "fast-check";
import { stringify } from "yaml";
import type { DescribedOperation, OpenApi } from "../../../controller/describe/openapi.ts";
import { Fitting, odd } from "./values.ts";

export interface Wanted {
  method: string;
  /** As the description has it. */
  path: string;
  /** For each parameter of the path: which of the known ids, or an odd text. */
  ids: (number | string)[];
  query: [string, string][];
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  caller: "admin" | "developer" | "consumer" | "stranger" | "nobody";
}

/** How many names there are of each thing: few, so that they meet. */
const names = 12;

type Example = (path: string) => unknown;

/** `examples` wins over those of the description; `bytes` are those of a module. */
export function requests(
  api: OpenApi,
  { example, bytes }: { example: Example; bytes: Uint8Array },
): fc.Arbitrary<Wanted> {
  const fitting = new Fitting(api);
  const each = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      arbitrary: request({ path, method, operation, fitting, example: example(path), bytes }),
      // Making is asked for more often than the rest, or there would be nothing to ask about.
      weight: /post|put/.test(method) && operation.requestBody ? 3 : 1,
    })),
  );
  return fc.oneof(...each);
}

interface Place {
  path: string;
  method: string;
  operation: DescribedOperation;
  fitting: Fitting;
  example: unknown;
  bytes: Uint8Array;
}

function request(place: Place): fc.Arbitrary<Wanted> {
  const { path, method, operation, fitting } = place;
  const { parameters = [] } = operation;
  const parts = (where: string) => parameters.filter((parameter) => parameter.in === where);
  const values = (where: string) =>
    fc.record(
      Object.fromEntries(
        parts(where).map(({ name, schema }) => [
          name,
          often(fitting.to(schema).map(String), fc.oneof(odd.map(String), fc.constant("*"))),
        ]),
      ),
      { requiredKeys: [] },
    );
  const headers = fc
    .tuple(values("header"), fc.option(fc.string({ unit: "grapheme-ascii", maxLength: 200 })))
    .map(([found, id]) => ({ ...found, ...(id !== null && { "x-correlation-id": id }) }))
    .map((all) =>
      Object.fromEntries(Object.entries(all).map(([name, text]) => [name, sendable(String(text))])),
    );
  return fc
    .record({
      ids: fc.tuple(...parts("path").map(() => often<number | string>(fc.nat(), oddId))),
      query: values("query").map((found) => Object.entries(found) as [string, string][]),
      headers,
      sent: operation.requestBody ? bodyOf(place) : fc.constant({ body: null, type: null }),
      caller,
    })
    .map(({ sent: { body, type }, headers, ...rest }) => ({
      ...{ method: method.toUpperCase(), path, body, ...rest },
      headers: { ...headers, ...(type !== null && { "content-type": type }) },
    }));
}

/** Few strangers: twenty wrong passwords in a minute close the door to everybody at their address. */
const caller: fc.Arbitrary<Wanted["caller"]> = fc.oneof(
  { arbitrary: fc.constant("admin" as const), weight: 800 },
  {
    arbitrary: fc.constantFrom("developer" as const, "consumer" as const, "nobody" as const),
    weight: 199,
  },
  { arbitrary: fc.constant("stranger" as const), weight: 1 },
);

/** What a client can put into a header at all. */
const sendable = (text: string): string => text.replace(/[^\x20-\xff]|\x7f/g, "");

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: 6 }, { arbitrary: rare, weight: 1 });

/** As it stands in the URL. */
const oddId: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "..",
    "%2e%2e",
    "%00",
    "%zz",
    "%",
    "%ff",
    "*",
    "__proto__",
    "a".repeat(300),
    "%7D",
  ),
  fc.string({ minLength: 1, maxLength: 20 }).map(encodeURIComponent),
);

type Sent = Pick<Wanted, "body"> & { type: string | null };

function bodyOf({ operation, fitting, example, bytes }: Place): fc.Arbitrary<Sent> {
  const content = operation.requestBody!.content;
  const type = "application/wasm";
  if (content[type])
    return fc.oneof(fc.constant(bytes), spoiled(bytes)).map((body) => ({ body, type }));
  const { schema, example: told } = Object.values(content)[0]!;
  const base = often(renamed(example ?? told), fitting.to(schema));
  const value = often(
    base,
    base.chain((one) => disturbed(one, odd)),
  );
  const otherType = fc.constantFrom("text/plain", "application/xml", "text/yaml", "");
  return fc
    .tuple(value, fc.boolean(), fc.nat(9), fc.option(otherType, { freq: 1 }))
    .chain(([one, isJson, luck, other]) => {
      // A body that was taken away is the word for it.
      const text = (isJson ? JSON.stringify(one) : yaml(one)) ?? "undefined";
      const type = other && luck === 9 ? other : isJson ? "application/json" : "application/yaml";
      return (luck > 0 ? fc.constant(text) : spoiledText(text)).map((body) => ({ body, type }));
    });
}

const yaml = (value: unknown): string => {
  try {
    return stringify(value, { aliasDuplicateObjects: false });
  } catch {
    return JSON.stringify(value);
  }
};

/** The example with the names of one of a few. */
const renamed = (example: unknown): fc.Arbitrary<unknown> =>
  fc.nat(names - 1).map((n) => rename(example, n));

const nameKeys = /^(name|displayName|context|planName|username|jti|subscriptionToken|path|apiKey)$/;

function rename(node: unknown, n: number, key = ""): unknown {
  if (typeof node === "string" && nameKeys.test(key))
    return key === "context" || key === "path"
      ? node.replace(/^\/[^/]*/, `$&-${n}`)
      : `${node}-${n}`;
  // Operations have paths of their own, which mean what they mean.
  if (key === "operations" || typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => rename(item, n));
  return Object.fromEntries(
    Object.entries(node).map(([name, one]) => [name, rename(one, n, name)]),
  );
}

/** One place of a value changed, taken away, or joined by another. */
function disturbed(value: unknown, by: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(fc.nat(), by, fc.nat(3)).map(([place, other, how]) => {
    const copy = structuredClone({ value });
    const places: { holder: Record<string, unknown>; key: string }[] = [];
    const visit = (holder: Record<string, unknown>) => {
      for (const key of Object.keys(holder)) {
        places.push({ holder, key });
        const one = holder[key];
        if (typeof one === "object" && one !== null) visit(one as Record<string, unknown>);
      }
    };
    visit(copy);
    const { holder, key } = places[place % places.length]!;
    if (how === 0) delete holder[key];
    else if (how === 1) holder[`${key}x`] = other;
    else holder[key] = other;
    return copy.value;
  });
}

const oddText = [
  "\t",
  "{",
  "}",
  "[",
  "&a ",
  "*a",
  "!!js ",
  ": ",
  "|",
  "\0",
  "\n",
  "'",
  '"',
  "<<: *a",
  "---\n",
  "\ufeff",
];

const spoiledText = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(), fc.constantFrom(...oddText), fc.nat(3), fc.boolean())
    .map(([at, odd, cut, ends]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + odd + (ends ? "" : text.slice(place + cut));
    });

const spoiled = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, value]) => {
    const copy = bytes.slice();
    copy[at % copy.length] = value;
    return copy;
  });
