/**
 * How long `ap apply` takes with 1,000 APIs: created, applied again without a change, and killed in the middle and run again.
 * `npm run bench:apply [count]`
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { build } from "../../cli/build/index.ts";
import { packageRoot } from "../../cli/package-root.ts";
import { restApi, startTestGateway } from "../controller/fixtures/gateway.ts";

const count = Number(process.argv[2] ?? 1_000);
const folder = await mkdtemp(join(tmpdir(), "sluice-apply-"));
const { wasm } = await build([join(packageRoot, "policies/set-headers")]);
const t = await startTestGateway({ module: wasm });
const env = { ...process.env, HOME: folder };

const run = async (killAfter: number | null, ...words: string[]): Promise<number> => {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(packageRoot, "dist/ap.js"), ...words], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (killAfter !== null) setTimeout(() => child.kill("SIGKILL"), killAfter);
  await new Promise((resolve) => child.once("exit", resolve));
  return (performance.now() - begun) / 1_000;
};
let cpuBefore = process.cpuUsage();
/** The gateway runs in this process: its CPU says more on a busy machine than the time. */
const report = (what: string, seconds: number): void => {
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuBefore = process.cpuUsage();
  const cpu = ((user + system) / 1e6).toFixed(1);
  console.log(`${what.padEnd(40)} ${seconds.toFixed(1)} s, the controller ${cpu} s of CPU`);
};
const policies = [
  {
    name: "set-headers",
    version: "v1",
    params: { request: { headers: [{ name: "x-a", value: "1" }] } },
  },
];
const write = async (version: string) => {
  await mkdir(join(folder, "apis"), { recursive: true });
  for (let i = 0; i < count; i++) {
    const operations = ["GET", "POST", "PUT", "DELETE", "PATCH"].map((method) => ({
      method,
      path: "/*",
    }));
    const document = restApi(`api-${i}`, t.upstream.port, { operations, policies, version });
    await writeFile(join(folder, "apis", `${i}.yaml`), stringify(document));
  }
};

try {
  await run(
    null,
    "gateway",
    "add",
    "-n",
    "dev",
    "-s",
    `http://127.0.0.1:${t.gateway.ports.management}`,
  );
  const apply = ["apply", "-f", join(folder, "apis"), "--quiet"];
  await write("v1.0");
  cpuBefore = process.cpuUsage();
  const whole = await run(null, ...apply);
  report(`${count} APIs created`, whole);
  report("again, nothing changed", await run(null, ...apply));
  await write("v2.0");
  const half = (whole * 1_000) / 2;
  report("all replaced, killed on the way", await run(half, ...apply));
  report("and run again to the end", await run(null, ...apply));
  const revisions = t.gateway.control
    .list({ kind: "RestApi" } as never)
    .map(({ revision }) => revision);
  console.log(`revisions: ${[...new Set(revisions)].join(", ")} (2 is: nothing was changed twice)`);
} finally {
  await t.close();
  await rm(folder, { recursive: true, force: true });
}
