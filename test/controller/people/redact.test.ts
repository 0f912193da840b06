import { expect, test } from "vitest";
import { redact } from "../../../controller/people/redact.ts";

const secret = "hunter2hunter2hunter2hunter2hunter2";

test.each([
  ["a password of a policy", { params: { username: "ada", password: secret } }],
  ["a credential's header", { headers: [{ name: "Authorization", value: secret }] }],
  ["an upstream's authentication", { auth: { type: "api-key", header: "X-Key", value: secret } }],
  ["a Secret's value", { spec: { displayName: "a", value: secret } }],
  ["a key", { tls: { clientKey: `-----BEGIN PRIVATE KEY-----${secret}` } }],
  ["a client secret", { introspection: { clientSecret: secret } }],
  ["the password in an address", { dsn: `postgres://ada:${secret}@db/x` }],
  ["a template that is marked", { a: `{{ redact "${secret}" }}` }],
])("%s does not show", (_, document) => {
  expect(JSON.stringify(redact(document))).not.toContain(secret);
});

test("what is no secret shows, also a reference to one", () => {
  const document = {
    headers: [{ name: "x-greeting", value: "hello" }],
    params: {
      key: "X-API-Key",
      in: "header",
      password: '{{ secret "db" }}',
      list: [1, null, true],
    },
  };
  expect(redact(document)).toEqual(document);
});
