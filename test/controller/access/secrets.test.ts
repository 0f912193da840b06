import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Chain } from "../../../controller/translate/chain.ts";
import { KeyRing } from "../../../controller/secrets/key-ring.ts";
import { eventually } from "../../eventually.ts";
import { feedId } from "../../../host-sim/feed/words.ts";
import { restApi } from "../fixtures/gateway.ts";
import { tinyModule } from "../tiny-filter.ts";
import { onBothStores, startAccess, type AccessGateway } from "./fixture.ts";

const hush = 'hush-"this"-is-the-value';
const document = (name: string, value: unknown = hush, spec: object = {}) => ({
  ...{ apiVersion: "gateway.api-platform.wso2.com/v1", kind: "Secret", metadata: { name } },
  spec: { displayName: `Secret ${name}`, value, ...spec },
});

/** A policy that takes a text, and what the engine would be given for it. */
const taker = {
  ...{ name: "taker", version: "1.0.0" },
  parameters: {
    type: "object",
    properties: {
      token: { type: "string", minLength: 5, maxLength: 40 },
      url: { type: "string", "x-sluice-service": true },
    },
  },
};
const tried: Chain[] = [];
const options = {
  module: await tinyModule("tiny", [taker]),
  checkChain: async (_: Uint8Array, chain: Chain) => {
    tried.push(chain);
    const token = chain.policies[0]?.params["token"];
    return /refuse/.test(String(token)) ? `cannot take ${JSON.stringify(token)}` : null;
  },
};
const api = (name: string, params: object, spec: object = {}) =>
  restApi(name, 9, { policies: [{ name: "taker", version: "v1", params }], ...spec });

describe("secrets", () => {
  onBothStores((gateway, place) => {
    const ask = (method: string, path: string, body?: unknown) =>
      gateway().as("root", method, path, body);
    const fed = (entry: string, of: AccessGateway = gateway()) =>
      of.gateway.access.feeder.table.get(feedId("secret", entry))?.toString() ?? null;

    test("a secret's value is told by GET of one, and by nothing else", async () => {
      const made = await ask("POST", "/secrets", document("one", hush, { description: "d" }));
      expect([made.status, made.body]).toEqual([
        201,
        {
          ...{ apiVersion: expect.any(String), kind: "Secret", metadata: { name: "one" } },
          spec: { displayName: "Secret one", description: "d" },
          status: { id: "one", createdAt: expect.any(String), updatedAt: expect.any(String) },
        },
      ]);
      const list = await ask("GET", "/secrets");
      expect(list.body).toMatchObject({ status: "success", count: 1 });
      expect(JSON.stringify(list.body)).not.toContain("hush");
      const one = await ask("GET", "/secrets/one");
      expect(one.body["spec"]).toMatchObject({ value: hush });
      expect(one.headers.get("cache-control")).toBe("no-store");
      expect(fed("one")).toBe(hush);
      for (const user of ["dev", "ann"])
        expect((await gateway().as(user, "GET", "/secrets/one")).status).toBe(403);
    });

    test.each([
      ["whitespace in a name", document("a b"), "metadata.name", "whitespace"],
      ["a name with #", document("a#b"), "metadata.name", "#"],
      ["an empty value", document("two", ""), "spec.value", "1 to 10240 bytes"],
      ["a value of 10,242 bytes", document("two", "ä".repeat(5_121)), "spec.value", "found 10242"],
      ["a number", document("two", 12345678), "spec.value", "in quotes"],
      ["another kind", { ...document("two"), kind: "RestApi" }, "kind", "must be Secret"],
      [
        "a long displayName",
        document("two", hush, { displayName: "x".repeat(254) }),
        ...["spec.displayName", "1 to 253"],
      ],
    ] as [string, object, string, string][])(
      "refuses %s without showing the value",
      async (_, body, field, words) => {
        const { status, body: answer } = await ask("POST", "/secrets", body);
        expect([status, answer.errors]).toEqual([
          400,
          [{ field, message: expect.stringContaining(words) }],
        ]);
        expect(JSON.stringify(answer)).not.toMatch(/hush|12345678/);
      },
    );

    test("a body that cannot be read is not quoted", async () => {
      const { status, body } = await ask("POST", "/secrets", `{"value": ${hush}`);
      expect([status, JSON.stringify(body).includes("hush")]).toEqual([400, false]);
    });

    test("a policy gets a reference in its chain, and the engine tries it with the value", async () => {
      const params = { token: 'Bearer {{ secret "one" }}' };
      expect((await ask("POST", "/rest-apis", api("taking", params))).status).toBe(201);
      expect(tried.at(-1)!.policies[0]!.params["token"]).toBe(`Bearer ${hush}`);
      const { control } = gateway().gateway;
      const routes = JSON.stringify(control.compiled("taking"));
      expect(routes).toContain("Bearer \ue000one\ue001");
      expect(routes).not.toContain("hush");
      const source = await ask("GET", "/rest-apis/taking");
      expect(JSON.stringify(source.body)).toContain('{{ secret \\"one\\" }}');
    });

    test("a template over a secret is a record of its own, and follows the secret", async () => {
      const params = { token: '{{ secret "one" | upper }}' };
      expect((await ask("POST", "/rest-apis", api("upper", params))).status).toBe(201);
      const [, entry] = /\ue000(one#[0-9a-f]+)\ue001/.exec(
        JSON.stringify(gateway().gateway.control.compiled("upper")),
      )!;
      expect(fed(entry!)).toBe(hush.toUpperCase());
      await ask("PUT", "/secrets/one", document("one", "changed-value"));
      expect([fed("one"), fed(entry!)]).toEqual(["changed-value", "CHANGED-VALUE"]);
      expect((await ask("PUT", "/secrets/one", document("other"))).status).toBe(400);
    });

    test("a secret that an API uses stays, and the refusal names who uses it", async () => {
      const refused = await ask("DELETE", "/secrets/one");
      expect([refused.status, refused.body["message"]]).toEqual([
        409,
        "Secret 'one' is used by taking, upper",
      ]);
      for (const name of ["taking", "upper"]) await ask("DELETE", `/rest-apis/${name}`);
      const deleted = await ask("DELETE", "/secrets/one");
      expect([deleted.status, deleted.body, fed("one")]).toEqual([200, {}, null]);
      expect((await ask("DELETE", "/secrets/one")).status).toBe(404);
    });

    test.each([
      [
        "a missing secret",
        api("x", { token: '{{ secret "none" }}' }),
        "policies[0].params.token",
        "does not exist: 'none'",
      ],
      [
        "a secret in a URL of the document",
        api("x", {}, { upstream: { main: { url: 'http://{{ secret "two" }}' } } }),
        "upstream.main.url",
        "only the params of policies",
      ],
      [
        "a secret as a service's URL",
        api("x", { url: '{{ secret "two" }}' }),
        "policies[0].params",
        "cannot come from a secret",
      ],
      [
        "the marks of references",
        api("x", { token: "\ue000two\ue001" }),
        "policies[0].params.token",
        "U+E000",
      ],
      [
        "a value that breaks the schema",
        api("x", { token: '{{ secret "short" }}' }),
        "policies[0].params.token",
        "fewer than 5",
      ],
    ])("refuses %s by its field", async (_, body, field, words) => {
      await ask("POST", "/secrets", document("two", "http://two-two-two"));
      await ask("POST", "/secrets", document("short", "abc"));
      const { status, body: answer } = await ask("POST", "/rest-apis", body);
      expect(status).toBe(400);
      const message = expect.stringContaining(words);
      expect(answer.errors).toContainEqual({ field: `spec.${field}`, message });
    });

    test("what the engine says of a secret's value is told without the value", async () => {
      await ask("POST", "/secrets", document("bad", 'refuse "me"'));
      const { status, body } = await ask(
        "POST",
        "/rest-apis",
        api("x", { token: '{{ secret "bad" }}' }),
      );
      expect([status, body.errors![0]!.message]).toEqual([400, 'cannot take "***"']);
      expect(gateway().logs.join("\n")).not.toContain("refuse");
    });

    test("at rest a secret is sealed, by a key that only its owner reads, for its own name", async () => {
      await ask("POST", "/secrets", document("rest"));
      const { store, access } = gateway().gateway;
      const row = (await store.secrets.rows.byKey("rest"))!;
      expect(Buffer.from(row.sealed, "base64").includes("hush")).toBe(false);
      const { file } = place().secretKeys![0]!;
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await readFile(file)).length).toBe(32);
      await store.secrets.write({ ...row, handle: "copy" });
      expect(access.vault.value("copy")).toBe(null);
      expect(fed("copy")).toBe(null);
      await store.secrets.remove("copy");
    });

    test("a controller that began before there was a key opens what another one sealed with it", async () => {
      const key = { version: "v1", file: join(dirname(place().secretKeys![0]!.file), "late.bin") };
      const early = await startAccess({ ...place(), secretKeys: [key] });
      const sealed = await KeyRing.open([key]).seal("late", "here");
      expect(early.gateway.access.vault.open(sealed, "v1", "here")).toBe("late");
      await early.close();
    });

    test("a new key seals what the older one had sealed, and is enough from then on", async () => {
      await ask("POST", "/secrets", document("turned", "before-the-turn"));
      const [old] = place().secretKeys!;
      const newer = { version: "v2", file: join(dirname(old!.file), "v2.bin") };
      const wrong = await startAccess({ ...place(), secretKeys: [newer] });
      expect(fed("turned", wrong)).toBe(null);
      expect(wrong.logs.join("\n")).toContain(
        `Secret 'turned' was sealed with the key "v1", which controller.encryption lacks`,
      );
      await wrong.close();
      const turning = await startAccess({ ...place(), secretKeys: [newer, old!] });
      const rows = await turning.gateway.store.secrets.rows.with({});
      expect(new Set(rows.map(({ key_version }) => key_version))).toEqual(new Set(["v2"]));
      await turning.close();
      const turned = await startAccess({ ...place(), secretKeys: [newer] });
      expect(fed("turned", turned)).toBe("before-the-turn");
      await turned.close();
    });

    test("another controller's secret is here in a moment", async () => {
      const { secretKeys } = place();
      const newer = { version: "v2", file: join(dirname(secretKeys![0]!.file), "v2.bin") };
      const other = await startAccess({ ...place(), secretKeys: [secretKeys![0]!, newer] });
      try {
        await other.as("root", "POST", "/secrets", document("foreign", "from-elsewhere"));
        await eventually(() => expect(fed("foreign")).toBe("from-elsewhere"));
      } finally {
        await other.close();
      }
    });
  }, options);
});
