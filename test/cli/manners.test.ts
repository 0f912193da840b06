/** What a terminal and a machine do to a command: closed and full outputs, homes that are not there, certificates, narrow windows. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../../controller/tls/certificate.ts";
import { bundledAp } from "./bundled.ts";

let bundled: Awaited<ReturnType<typeof bundledAp>>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-manners-"));
  bundled = await bundledAp("manners");
});
afterAll(async () => {
  await bundled.remove();
  await rm(folder, { recursive: true, force: true });
});

type Environment = Record<string, string | undefined>;

/** As a line of a shell, in which `ap` is the command. */
const shell = (line: string, env: Environment = {}) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const script = `set -o pipefail; ap() { "${process.execPath}" "${bundled.main}" "$@"; }; ${line}`;
    const all = { ...process.env, HOME: folder, ...env };
    execFile("bash", ["-c", script], { cwd: folder, env: all }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });

test("whoever has read enough may close the pipe", async () => {
  expect(await shell("ap --help | head -1")).toMatchObject({ code: 0, err: "" });
  expect(await shell("ap lint --rules >&-")).toMatchObject({ code: 0, err: "" });
});

test.skipIf(!existsSync("/dev/full"))("a full disk is an error in one line", async () => {
  const { code, err } = await shell("ap lint --rules > /dev/full");
  expect([code, err]).toEqual([1, expect.stringMatching(/^error AP-SYSTEM: cannot print: .+\n$/)]);
});

test("without a home the gateways are unknown, and a home that is none is told", async () => {
  expect((await shell("ap gateway list", { HOME: undefined })).code).toBe(0);
  await writeFile(join(folder, "none"), "");
  const { code, err } = await shell("ap gateway add -n x -s http://h", {
    HOME: join(folder, "none"),
  });
  expect([code, err]).toEqual([1, expect.stringMatching(/^error AP-SYSTEM: .*config\.yaml/)]);
});

test("no escape byte, whatever the environment wants, and help fits its window or is not cut", async () => {
  for (const env of [{ FORCE_COLOR: "1" }, { NO_COLOR: "1" }, { COLUMNS: "20" }]) {
    const { out, err } = await shell("ap --help; ap nope", env);
    expect(out + err).not.toContain("\u001b");
    expect(out).toContain("completion");
  }
});

test("broken YAML and JSON are told by file and line, once", async () => {
  await mkdir(join(folder, "broken"));
  await writeFile(join(folder, "broken", "tab.yaml"), "kind: RestApi\n\tmetadata: x\n");
  await writeFile(join(folder, "broken", "cut.json"), '{\n"kind": "RestApi",');
  expect(await shell("ap lint -f broken/tab.yaml")).toEqual({
    ...{ code: 2, out: "" },
    err: "error AP-USAGE: broken/tab.yaml:2: Tabs are not allowed as indentation\n",
  });
  expect((await shell("ap lint -f broken/cut.json")).err).toMatch(
    /^error AP-USAGE: broken\/cut\.json:2: [^\n]+[^:]\n$/,
  );
});

test("the version is what it is also called elsewhere", async () => {
  const { out } = await shell("ap version");
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const word of ["--version", "-V", "-v"]) expect((await shell(`ap ${word}`)).out).toBe(out);
});

test("a certificate that is not trusted or too old is told from a gateway that is gone, with what to do", async () => {
  const authority = makeCertificate({ commonName: "authority", authority: true });
  const names = ["127.0.0.1"];
  const shown = (days: number) => {
    const made = makeCertificate({ commonName: "gateway", names, issuer: authority, days });
    return { key: made.key, cert: made.certificate };
  };
  const server = createServer(shown(1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await shell(`ap gateway add -n tls -s https://127.0.0.1:${port}`);
    const unknown = await shell("ap status --gateway tls");
    expect([unknown.code, unknown.err]).toEqual([
      5,
      expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    ]);
    server.setSecureContext(shown(-1));
    await writeFile(join(folder, "ca.pem"), authority.certificate);
    const expired = await shell("ap status --gateway tls", {
      NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
    });
    expect([expired.code, expired.err]).toEqual([
      5,
      expect.stringMatching(/certificate has expired\n +try: renew the gateway's certificate/),
    ]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
