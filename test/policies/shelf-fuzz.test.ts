/**
 * Every policy of the shelf, with parameters by its schema, good and broken, and requests that mean harm: nothing fails,
 * what does not fit is refused, and nobody comes in without credentials. `npm run fuzz:policies` plays 500 of each, `FUZZ=…` as many.
 */
import { Ajv } from "ajv";
import fc from "fast-check";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDefinition, type Definition } from "../../cli/build/definition.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";
import { broken, fitting, wholeSchema } from "./by-schema.ts";
import { hostileRequest } from "./hostile-requests.ts";
import { OneByOne } from "./one-by-one.ts";

const numRuns = Number(process.env["FUZZ"] ?? 25);
const seed = process.env["FUZZ"] ? Date.now() : 7;
const folders = await shelfFolders();
const definitions = await Promise.all(folders.map(readDefinition));
/** Who lets nobody in by itself: no request here has what they want. */
const guards = [
  ...["jwt-auth", "opaque-token-auth", "basic-auth", "api-key-auth", "hmac-auth", "mtls-auth"],
  ...["multi-auth", "subscription-validation"],
];
let shelf: OneByOne;

beforeAll(async () => {
  shelf = await OneByOne.start(
    folders,
    {
      upstream: { headers: { "content-type": "application/json" }, body: '{"a":[1,{"b":"c"}]}' },
      clusters: { "out|http|idp.example|80": { body: '{"active":false}' } },
    },
    { target: "debug" },
  );
}, 240_000);
afterAll(() => shelf.close());

/** Tries it; whether the engine took the parameters. */
async function taken(name: string, params: unknown, request: Parameters<OneByOne["ask"]>[0]) {
  shelf.use(name, params as object);
  const { status, said } = await shelf.ask(request);
  const refused = /invalid chain: ?(.*)/.exec(said);
  if (refused) {
    expect(status).toBe(500);
    expect(refused[1]).not.toBe("");
  }
  return { status, refused: refused !== null };
}

/** Whether these parameters let nobody in without credentials. */
const isGuarded = (params: object): boolean =>
  !("allowUnauthenticated" in params && params.allowUnauthenticated === true) &&
  !("enabled" in params && params.enabled === false);

describe.each(definitions.map((one) => [one.name, one] as [string, Definition]))(
  "%s",
  (name, definition) => {
    const schema = wholeSchema(definition);
    const fits = new Ajv({ strict: false, logger: false }).compile(schema);
    const good = fitting(schema);

    test("takes what fits or says why not, and fails on no request", async () => {
      await fc.assert(
        fc.asyncProperty(good, hostileRequest, async (params, request) => {
          const { status, refused } = await taken(name, params, request);
          if (refused || !guards.includes(name) || !isGuarded(params as object)) return;
          expect(status).not.toBe(200);
        }),
        { numRuns, seed },
      );
    });

    test("refuses what does not fit", async () => {
      await fc.assert(
        fc.asyncProperty(broken(good), async (params) => {
          const { status, refused } = await taken(name, params, { path: "/" });
          if (!fits(params)) expect([status, refused]).toEqual([500, true]);
        }),
        { numRuns, seed },
      );
    });
  },
);

test("the shelf is whole", () => {
  expect(definitions.map((one) => one.name)).toEqual(folders.map((folder) => basename(folder)));
});
