/** What `npm start` and `npm test` do first, on a Node that is too old. */
import { execFile } from "node:child_process";
import { expect, test } from "vitest";

const older = (version: string) =>
  `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;

test.each(["18.20.8", "20.11.1"])("Node %s is refused in one line", async (version) => {
  const [code, said] = await new Promise<[unknown, string]>((resolve) =>
    execFile(process.execPath, ["--import", older(version), "cli/prepare.mjs"], (error, out, err) =>
      resolve([error?.code, out + err]),
    ),
  );
  expect(code).toBe(1);
  expect(said).toBe(
    `error: Node 20.12 or later is needed, found ${version}; get it from https://nodejs.org\n`,
  );
});
