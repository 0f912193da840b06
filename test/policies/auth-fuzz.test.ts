/**
 * Credentials and parameters that nobody means, against the policies that authenticate: nothing but what was
 * issued gets through, nothing fails, and what is wrong with parameters is said.
 */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as tokens from "../../policies/jwt-auth/cases/tokens.ts";
import { OneByOne } from "./one-by-one.ts";

const names = ["jwt-auth", "opaque-token-auth", "basic-auth", "hmac-auth", "backend-jwt"] as const;
type Name = (typeof names)[number];
const runs = { numRuns: 300 };
let guarded: OneByOne;

beforeAll(async () => {
  guarded = await OneByOne.start(
    names.map((name) => `policies/${name}`),
    { clusters: { "out|http|idp.example|80": { body: '{"active":false}' } } },
  );
});
afterAll(() => guarded.close());

const configure = (name: Name, params: object): void => guarded.use(name, params);

async function asked(headers: Record<string, string> | [string, string][]): Promise<number> {
  const { status, said } = await guarded.ask({ path: "/", headers });
  if (status === 500) expect(said).toMatch(/invalid chain: /);
  return status;
}

const header = fc.string({ unit: "binary-ascii", maxLength: 200 }).map((text) =>
  // What no client can send in a header.
  text.replaceAll(/[\0\r\n]/g, "").trim(),
);

/** A text with a piece replaced, put in, left out or doubled. */
const mutations = (text: string): fc.Arbitrary<string> =>
  fc
    .record({
      at: fc.nat(text.length - 1),
      size: fc.nat(4),
      piece: fc.oneof(header, fc.constantFrom(".", "..", "=", "e30", " ", ",", '"', "")),
      twice: fc.boolean(),
    })
    .map(({ at, size, piece, twice }) => {
      const changed = text.slice(0, at) + piece + text.slice(at + size);
      return twice ? changed + changed.slice(at) : changed;
    });

describe("of what was changed on its way, nothing gets through", () => {
  const good = tokens.token();
  const text = (): fc.Arbitrary<string> => mutations(good).filter((one) => one.trim() !== good);

  test("tokens, changed as they stand", async () => {
    configure("jwt-auth", tokens.local());
    expect(await asked(tokens.bearer(good))).toBe(200);
    await fc.assert(
      fc.asyncProperty(text(), async (one) => {
        expect(await asked(tokens.bearer(one))).toBe(401);
      }),
      runs,
    );
  });

  test("headers and claims, changed within and signed by somebody else or not at all", async () => {
    configure("jwt-auth", tokens.local());
    const part = (json: string) => fc.oneof(fc.constant(json), mutations(json), fc.json());
    const head = part('{"alg":"RS256","kid":"rsa","typ":"JWT"}');
    const body = part(JSON.stringify(tokens.claims));
    await fc.assert(
      fc.asyncProperty(head, body, fc.boolean(), async (rawHeader, payload, unsigned) => {
        const key = tokens.otherRsa.privateKey;
        const one = tokens.token({ rawHeader, payload, key });
        const sent = unsigned ? one.slice(0, one.lastIndexOf(".") + 1) : one;
        expect(await asked(tokens.bearer(sent))).toBe(401);
      }),
      { numRuns: 150 },
    );
  });

  test("claims of any form, signed as they should be, are read or refused", async () => {
    configure("jwt-auth", tokens.local({ claimMappings: { a: "x-a", "a.b": "x-b" } }));
    const payload = fc.oneof(
      fc.json(),
      fc.jsonValue().map((a) => JSON.stringify({ ...tokens.claims, a })),
      mutations(JSON.stringify({ ...tokens.claims, a: { b: [1, "x"] } })),
    );
    await fc.assert(
      fc.asyncProperty(payload, async (one) => {
        expect([200, 401]).toContain(await asked(tokens.bearer(tokens.token({ payload: one }))));
      }),
      { numRuns: 150 },
    );
  });

  test("passwords", async () => {
    configure("basic-auth", { username: "ada", password: "secret" });
    const right = `Basic ${Buffer.from("ada:secret").toString("base64")}`;
    expect(await asked({ authorization: right })).toBe(200);
    const sent = fc.oneof(header, mutations(right));
    const same = (one: string) => /^basic +YWRhOnNlY3JldA==$/i.test(one.trim());
    await fc.assert(
      fc.asyncProperty(
        sent.filter((one) => !same(one)),
        async (one) => {
          expect(await asked({ authorization: one })).toBe(401);
        },
      ),
      runs,
    );
  });

  test("signatures of requests", async () => {
    const secret = "a secret of sixteen and more";
    configure("hmac-auth", {
      keys: [{ keyId: "ada", secret }],
      clockSkew: "1h",
      allowReplay: true,
    });
    const host = "pets.example";
    const date = new Date(Date.UTC(2026, 0, 1)).toUTCString();
    const signed = `(request-target): get /\nhost: ${host}\ndate: ${date}`;
    const mark = createHmac("sha256", secret).update(signed).digest("base64");
    const right = `Signature keyId="ada",algorithm="hmac-sha256",headers="(request-target) host date",signature="${mark}"`;
    expect(await asked({ host, date, authorization: right })).toBe(200);
    const harmless = (one: string) =>
      one.toLowerCase().replaceAll(" ", "") === right.toLowerCase().replaceAll(" ", "");
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(header, mutations(right)).filter((one) => !harmless(one)),
        async (authorization) => {
          expect(await asked({ host, date, authorization })).toBe(401);
        },
      ),
      runs,
    );
  });

  test("opaque tokens", async () => {
    configure("opaque-token-auth", {
      introspectionproviders: [{ name: "a", introspection: { uri: "http://idp.example/i" } }],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          header,
          header.map((one) => `Bearer ${one}`),
        ),
        async (one) => {
          expect(await asked({ authorization: one })).toBe(401);
        },
      ),
      runs,
    );
  });
});

const odd = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    "",
    "0",
    "-1s",
    "9999999999h",
    "http://",
    "//",
    "a b",
    "$ctx:",
    "-----BEGIN ",
    "{}",
  ),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const parameters: Record<Name, string[]> = {
  "jwt-auth": [
    "issuers audiences scopes claims requiredScopes requiredClaims claimMappings authHeaderPrefix headerName",
    "maxTokenLifetime leeway jwkscachettl tokencachettl cachemaxsize allowedalgorithms keymanagers errormessage",
  ],
  "opaque-token-auth": [
    "issuers requiredClaims headerName tokencachettl negativecachettl introspectionproviders retrycount",
  ],
  "basic-auth": ["username password passwordHash consumers allowUnauthenticated realm verdictTtl"],
  "hmac-auth": ["keys signedHeaders clockSkew validateBody allowReplay"],
  "backend-jwt": [
    "header issuer algorithm signingKey tokenExpiry dialect claimMappings customClaims excludedClaims",
  ],
};
const fitting: Record<Name, object> = {
  "jwt-auth": tokens.local(),
  "opaque-token-auth": {
    introspectionproviders: [{ name: "a", introspection: { uri: "http://idp.example/i" } }],
  },
  "basic-auth": { username: "ada", password: "secret" },
  "hmac-auth": { keys: [{ keyId: "ada", secret: "a secret of sixteen and more" }] },
  "backend-jwt": { algorithm: "NONE" },
};

describe("parameters that nobody means are refused in words, or authenticate nobody", () => {
  test.each(names.filter((name) => name !== "backend-jwt"))("%s", async (name) => {
    const keys = parameters[name].join(" ").split(" ");
    const value = fc.oneof(
      odd,
      fc.array(odd, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("allOf", "anyOf", "name", "jwks", "inline", "keyId"), odd),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), value, async (key, one) => {
        // With it, whoever shows nothing is let through as nobody: that is what it says.
        fc.pre(!(key === "allowUnauthenticated" && one === true));
        configure(name, { ...fitting[name], [key]: one });
        expect([401, 500, 503]).toContain(await asked({ authorization: "Bearer x" }));
      }),
      { numRuns: 120 },
    );
  });

  test("backend-jwt", async () => {
    const keys = parameters["backend-jwt"].join(" ").split(" ");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), odd, async (key, one) => {
        configure("backend-jwt", { ...fitting["backend-jwt"], [key]: one });
        expect([200, 500]).toContain(await asked({}));
      }),
      { numRuns: 120 },
    );
  });
});
