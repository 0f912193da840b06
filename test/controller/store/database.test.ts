/** A store that cannot be opened is told in one line that names it, and never its password. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../../controller/errors.ts";
import { Store } from "../../../controller/store/store.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-store-"));
});
afterAll(() => rm(folder, { recursive: true }));

const refusal = async (location: string): Promise<string> => {
  const error: unknown = await Store.open(location).then(
    () => null,
    (one: unknown) => one,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
};

test("a PostgreSQL that does not answer", async () => {
  const message = await refusal(`postgres://ada:hush@127.0.0.1:1/gateway?sslmode=disable`);
  expect(message).toMatch(
    /^store: postgres:\/\/ada@127\.0\.0\.1:1\/gateway cannot be opened: .*ECONNREFUSED/,
  );
  expect(message).not.toContain("hush");
});

test("a database of another kind", async () => {
  expect(await refusal("mysql://ada:hush@db/gateway")).toBe(
    "store: expected postgres://… or a file, found mysql://…",
  );
});

test("a file that is no database, and a folder that is a file", async () => {
  const file = join(folder, "text.db");
  await writeFile(
    file,
    "these are not the pages of a database, and there are enough of them".repeat(99),
  );
  expect(await refusal(file)).toMatch(/^store: .*text\.db cannot be opened: .*not a database/);
  expect(await refusal(join(file, "gateway.db"))).toMatch(/^store: .* cannot be opened: /);
});
