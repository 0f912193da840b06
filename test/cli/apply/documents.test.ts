import { expect, test } from "vitest";
import { readResources } from "../../../cli/apply/documents.ts";

const read = (text: string) => readResources(["-"], () => Promise.resolve(text));
const document = (spec: string) => `kind: RestApi\nmetadata: {name: a}\nspec: ${spec}\n`;

test("a file says to the command what it says to the gateway: 1.10 is not 1.1, and no long number another", async () => {
  const text = `${document("{version: 1.10, a: 12345678901234567890}")}---\n${document("{b: 2}")}`;
  const found = await read(text);
  expect(found.map(({ document }) => document.spec)).toEqual([
    { version: "1.10", a: "12345678901234567890" },
    { b: 2 },
  ]);
});

test.each([
  ["{a: !secret b}", "Unresolved tag"],
  ["{a: &a {b: 1}, c: {<<: *a}}", '"<<" is not merged'],
  ["{1: a, '1': b}", 'the key "1" stands twice'],
])("%s is refused with its line", async (spec, words) => {
  const text = `${document("{}")}---\n${document(spec)}`;
  await expect(read(text)).rejects.toThrow(/^standard input:4: /);
  await expect(read(text)).rejects.toThrow(words);
});
