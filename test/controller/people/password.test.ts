import { hashSync } from "bcryptjs";
import { expect, test } from "vitest";
import { Passwords, standIn } from "../../../controller/people/password.ts";

const costOf = (hash: string) => Number(hash.slice(4, 6));

test("an unknown name costs what some user costs, the same each time, so that the time tells nothing", () => {
  const hashes = [4, 12].map((cost) => hashSync("pass", cost));
  const names = Array.from({ length: 50 }, (_, i) => `user-${i}`);
  expect(new Set(names.map((name) => costOf(standIn(name, hashes))))).toEqual(new Set([4, 12]));
  for (const name of names) expect(standIn(name, hashes)).toBe(standIn(name, hashes));
  expect(costOf(standIn("ada", hashes.slice(1)))).toBe(12);
  expect(costOf(standIn("ada", []))).toBe(11);
});

test("what an unknown name is compared with takes no password", async () => {
  const passwords = new Passwords();
  const hash = standIn("ada", [hashSync("pass", 4)]);
  for (const password of ["", "pass", "nobody"])
    expect(await passwords.check(password, hash)).toBe(false);
});
