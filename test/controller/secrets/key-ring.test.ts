/** The key that seals is made when it is needed, as often as that has to be tried. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KeyRing } from "../../../controller/secrets/key-ring.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-keys-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a key that could not be made, as on a full disk, is made at the next try", async () => {
  const inTheWay = join(folder, "keys");
  const ring = KeyRing.open([{ version: "v1", file: join(inTheWay, "v1.bin") }]);
  await writeFile(inTheWay, "a file where the keys' folder should be");
  await expect(ring.seal("text", "here")).rejects.toThrow();
  await rm(inTheWay);
  const sealed = await ring.seal("text", "here");
  expect(ring.unseal(sealed, "v1", "here")).toBe("text");
});
