import { compare } from "bcryptjs";
import { describe, expect, test } from "vitest";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { sha256Hex } from "../../../host-sim/feed/words.ts";
import { join, dirname } from "node:path";
import { onBothStores, rawOf, startAccess, type AccessGateway } from "./fixture.ts";

const fingerprint = "ab".repeat(32);
const password = "a-password-of-acme";
const secret = "a-secret-of-acme-for-hmac";
const consumer = (name: string, spec: object = {}) => ({
  kind: "Consumer",
  metadata: { name },
  spec,
});
const acme = consumer("acme", {
  ...{ displayName: "Acme", groups: ["partners", "eu"], attributes: { region: "eu", tier: "1" } },
  credentials: [
    { type: "basic", username: "acme-user", password },
    { type: "jwt", issuer: "https://idp.example", subject: "acme-client" },
    { type: "mtls", fingerprint: fingerprint.replace(/../g, "$&:").slice(0, -1).toUpperCase() },
    { type: "hmac", keyId: "acme-key", secret },
  ],
});

describe("consumers", () => {
  onBothStores((gateway, place) => {
    const ask = (method: string, path: string, body?: unknown) =>
      gateway().as("root", method, path, body);
    const credential = (kind: string, ...parts: string[]) =>
      gateway().fed("credential", kind, ...parts);

    test("a consumer is found by each of its credentials, with groups, attributes and plan", async () => {
      const plan = { planName: "Gold" };
      const { id } = (await ask("POST", "/subscription-plans", plan)).body as unknown as {
        id: string;
      };
      const sent = { ...acme, spec: { ...acme.spec, plan: "gold" } };
      const made = await ask("POST", "/consumers", sent);
      expect(made.status).toBe(201);
      expect(gateway().fed("consumer", "acme")).toEqual([
        ...["Acme", id, "partners,eu", '{"region":"eu","tier":"1"}'],
      ]);
      const [owner, hash] = credential("basic", "acme-user")!;
      expect([owner, await compare(password, hash!)]).toEqual(["acme", true]);
      expect(credential("jwt", "https://idp.example", "acme-client")).toEqual(["acme"]);
      expect(credential("mtls", fingerprint)).toEqual(["acme"]);
      expect(credential("hmac", "acme-key")).toEqual(["acme", secret]);
      const used = await ask("DELETE", `/subscription-plans/${id}`);
      expect(used.body["message"]).toBe("plan 'Gold' is used by 1 consumers");
    });

    test("no answer, row or log has a password or a secret", async () => {
      const answers = [
        await ask("GET", "/consumers"),
        await ask("GET", "/consumers/acme"),
        await ask("PUT", "/consumers/acme", acme),
      ];
      const row = await gateway().gateway.store.consumers.rows.byKey("acme");
      const all = JSON.stringify([answers.map(({ body }) => body), row, gateway().logs]);
      for (const hidden of [password, secret]) expect(all).not.toContain(hidden);
      expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain("$2");
      for (const user of ["dev", "ann"])
        expect((await gateway().as(user, "GET", "/consumers")).status).toBe(403);
    });

    test("what is sent without its password or secret keeps it, and what is not sent goes", async () => {
      const before = credential("basic", "acme-user");
      const put = await ask(
        ...(["PUT", "/consumers/acme"] as const),
        consumer("acme", {
          credentials: [
            { type: "basic", username: "acme-user" },
            { type: "hmac", keyId: "acme-key" },
          ],
        }),
      );
      expect(put.status).toBe(200);
      expect(credential("basic", "acme-user")).toEqual(before);
      expect(credential("hmac", "acme-key")).toEqual(["acme", secret]);
      expect(credential("mtls", fingerprint)).toBe(null);
      expect(credential("jwt", "https://idp.example", "acme-client")).toBe(null);
    });

    test("a secret for hmac is made when none is sent, and shown once", async () => {
      const made = await ask(
        "POST",
        "/consumers",
        consumer("maker", { credentials: [{ type: "hmac", keyId: "m" }] }),
      );
      const [generated] = made.body["generated"] as unknown as { keyId: string; secret: string }[];
      expect(generated).toEqual({ keyId: "m", secret: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(credential("hmac", "m")).toEqual(["maker", generated!.secret]);
      expect(JSON.stringify((await ask("GET", "/consumers/maker")).body)).not.toContain(
        generated!.secret,
      );
    });

    test("a credential belongs to one consumer, and the refusal says to whom", async () => {
      const taken = await ask(
        ...(["POST", "/consumers"] as const),
        consumer("thief", {
          credentials: [
            { type: "jwt", issuer: "i", subject: "s" },
            { type: "basic", username: "acme-user", password: "another-password" },
          ],
        }),
      );
      expect([taken.status, taken.body.errors]).toEqual([
        409,
        [
          {
            field: "spec.credentials[1]",
            message: '{"type":"basic","username":"acme-user"} is a credential of consumer \'acme\'',
          },
        ],
      ]);
      expect((await ask("GET", "/consumers/thief")).status).toBe(404);
      expect(credential("jwt", "i", "s")).toBe(null);
    });

    test("the fingerprint of a certificate is taken from it", async () => {
      const { certificate } = makeCertificate({ commonName: "client", names: ["client"] });
      const made = await ask(
        "POST",
        "/consumers",
        consumer("certified", { credentials: [{ type: "mtls", certificate }] }),
      );
      const [shown] = (made.body["spec"] as unknown as { credentials: { fingerprint: string }[] })
        .credentials;
      expect(credential("mtls", shown!.fingerprint)).toEqual(["certified"]);
    });

    test.each([
      ["a name with a slash", consumer("a/b"), "metadata.name", "letters, digits"],
      [
        "a group with a comma",
        consumer("x", { groups: ["a,b"] }),
        "spec.groups[0]",
        "letters, digits",
      ],
      ["an unknown plan", consumer("x", { plan: "none" }), "spec.plan", "no subscription plan"],
      [
        "an unknown type",
        consumer("x", { credentials: [{ type: "magic" }] }),
        "spec.credentials[0].type",
        "basic, jwt",
      ],
      [
        "a user without a password",
        consumer("x", { credentials: [{ type: "basic", username: "u" }] }),
        "spec.credentials[0].password",
        "required",
      ],
      [
        "a password that bcrypt cuts",
        consumer("x", {
          credentials: [{ type: "basic", username: "u", password: "p".repeat(73) }],
        }),
        "spec.credentials[0].password",
        "8 to 72",
      ],
      [
        "a user name with a colon",
        consumer("x", { credentials: [{ type: "basic", username: "a:b", password }] }),
        "spec.credentials[0].username",
        "colon",
      ],
      [
        "a broken hash",
        consumer("x", {
          credentials: [{ type: "basic", username: "u", passwordHash: "x".repeat(60) }],
        }),
        "spec.credentials[0].passwordHash",
        "bcrypt",
      ],
      [
        "a short secret",
        consumer("x", { credentials: [{ type: "hmac", keyId: "k", secret: "short" }] }),
        "spec.credentials[0].secret",
        "16 to 512",
      ],
      [
        "a broken fingerprint",
        consumer("x", { credentials: [{ type: "mtls", fingerprint: "zz" }] }),
        "spec.credentials[0].fingerprint",
        "64 hexadecimal",
      ],
      [
        "no certificate",
        consumer("x", { credentials: [{ type: "mtls", certificate: "x" }] }),
        "spec.credentials[0].certificate",
        "PEM",
      ],
      [
        "a line break in an issuer",
        consumer("x", { credentials: [{ type: "jwt", issuer: "a\nb", subject: "s" }] }),
        "spec.credentials[0].issuer",
        "control characters",
      ],
      [
        "a credential twice",
        consumer("x", {
          credentials: [1, 2].map(() => ({ type: "jwt", issuer: "i", subject: "s" })),
        }),
        "spec.credentials[1]",
        "twice",
      ],
    ])("refuses %s by its field", async (_, body, field, words) => {
      const { status, body: answer } = await ask("POST", "/consumers", body);
      expect(status).toBe(400);
      expect(answer.errors).toContainEqual({ field, message: expect.stringContaining(words) });
      expect(JSON.stringify(answer)).not.toContain(password);
    });

    test("a consumer's key is good for every API, and goes with the consumer", async () => {
      const path = "/consumers/acme/api-keys";
      const made = await ask("POST", path, { name: "everywhere" });
      expect(made.body).toMatchObject({ apiKey: { consumerId: "acme", name: "everywhere" } });
      const found = (of: AccessGateway = gateway()) => of.fed("key", "*", sha256Hex(rawOf(made)));
      expect(found()).toEqual(["everywhere", "", "local", "", "root", "acme", "", ""]);
      const external = { apiKey: "k".repeat(40) };
      expect((await ask("POST", path, external)).status).toBe(201);
      expect((await ask("POST", "/consumers/maker/api-keys", external)).status).toBe(409);
      expect((await ask("POST", "/consumers/nobody/api-keys")).status).toBe(404);

      const subscribed = { apiId: "pets", subscriptionToken: "t", consumer: "acme" };
      const { body } = await ask("POST", "/subscriptions", subscribed);
      const { id } = body as unknown as { id: string };
      expect((await ask("DELETE", "/consumers/acme")).status).toBe(409);
      await ask("DELETE", `/subscriptions/${id}`);
      expect((await ask("DELETE", "/consumers/acme")).status).toBe(200);
      expect([
        found(),
        gateway().fed("consumer", "acme"),
        credential("basic", "acme-user"),
      ]).toEqual([...[null, null, null]]);
      const nobody = { ...subscribed, consumer: "acme" };
      expect((await ask("POST", "/subscriptions", nobody)).body.errors![0]!.field).toBe("consumer");
    });

    test("a new key seals the secrets of consumers too", async () => {
      await ask("POST", "/consumers", acme);
      const [old] = place().secretKeys!;
      const newer = { version: "v2", file: join(dirname(old!.file), "v2.bin") };
      const turning = await startAccess({ ...place(), secretKeys: [newer, old!] });
      await turning.close();
      const turned = await startAccess({ ...place(), secretKeys: [newer] });
      expect(turned.fed("credential", "hmac", "acme-key")).toEqual(["acme", secret]);
      await turned.close();
    });
  });
});
