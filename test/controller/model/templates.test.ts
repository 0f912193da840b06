import { expect, test } from "vitest";
import { UserError } from "../../../controller/errors.ts";
import { readDocument, resourceKinds } from "../../../controller/model/index.ts";
import { restApi } from "../fixtures/gateway.ts";

const sources = {
  env: { HOST: "backend", NAME: " Ada " },
  secret: (name: string) => (name === "s" ? "hush" : null),
};
const read = (url: string) =>
  readDocument(resourceKinds[0], restApi("a", 9, { upstream: { main: { url } } }), sources).api
    .upstream.main.url;

test.each([
  ['http://{{ env "HOST" }}:80', "http://backend:80"],
  ['http://{{env "NONE" | default "other"}}', "http://other"],
  ['http://{{ default "other" (env "NONE") }}', "http://other"],
  ['http://{{ env "NAME" | trim | lower }}', "http://ada"],
  ['http://{{ upper "abc" }}', "http://ABC"],
  ['http://{{ replace "a" "b" "aXa" }}', "http://bXb"],
  ['http://{{ `raw` }}/{{ "x" | redact }}', "http://raw/x"],
  ['http://{{ required "HOST is needed" (env "HOST") }}', "http://backend"],
])("%s", (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  ['http://{{ secret "s" }}', "cannot have a secret: only the params of policies can"],
  ["http://\ue000s\ue001", "must not have the characters U+E000"],
  ['http://{{ secret "none" }}', "names a secret that does not exist: 'none'"],
  ['http://{{ required "NONE is needed" (env "NONE") }}', "NONE is needed"],
  ["http://{{ nothing }}", "has a template with 'nothing' where one of env"],
  ["http://{{ env }}", "has a template in which env takes 1 values, found 0"],
  ['http://{{ env "A" "B" }}', "has a template in which env takes 1 values, found 2"],
  ['http://{{ upper (env "A" }}', "parenthesis"],
  ['http://{{ env "A }}', "cannot be read"],
  ["http://{{ constructor }}", "has a template with 'constructor'"],
])("%s is refused by its field", (text, message) => {
  try {
    read(text);
    expect.unreachable();
  } catch (error) {
    expect((error as UserError).fields).toContainEqual({
      field: "spec.upstream.main.url",
      message: expect.stringContaining(message),
    });
  }
});

const parameter = (text: string) => {
  const policies = [{ name: "p", version: "v1", params: { a: [text] } }];
  const read = readDocument(resourceKinds[0], restApi("a", 9, { policies }), sources);
  return { text: (read.api.policies[0]!.params["a"] as string[])[0]!, secrets: read.secrets };
};

test("a secret in the params of a policy is a reference, by name or by the template over it", () => {
  const plain = parameter('Bearer {{ secret "s" }}');
  expect(plain.text).toBe("Bearer \ue000s\ue001");
  expect(plain.secrets).toMatchObject([{ entry: "s", secrets: ["s"] }]);
  expect(parameter("{{ secret `s` | redact }}").text).toBe("\ue000s\ue001");
  const upper = parameter('{{ secret "s" | upper }}');
  expect(upper.text).toMatch(/^\ue000s#[0-9a-f]{16}\ue001$/);
  expect(JSON.stringify(upper.text)).not.toMatch(/hush/i);
  expect(parameter('{{ default "x" (secret "s") }}').text).not.toBe(upper.text);
});
