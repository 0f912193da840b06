/**
 * From a save to what Envoy answers with it, with `ap policy publish --watch` and five policies in use; and from
 * `ap policy rollback` to what Envoy answers after it. `npm run bench:publish [rounds]`
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { build } from "../../cli/build/index.ts";
import { scaffold } from "../../cli/build/scaffold.ts";
import { GatewayApi } from "../../cli/client/api.ts";
import { linked, publish, rollBack } from "../../cli/publish/publish.ts";
import { publishAndWatch } from "../../cli/publish/watch.ts";
import { terminal } from "../../cli/io.ts";
import { packageRoot } from "../../cli/package-root.ts";
import { restApi, startTestGateway } from "../controller/fixtures/gateway.ts";

const rounds = Number(process.argv[2] ?? 10);
const home = await mkdtemp(join(tmpdir(), "sluice-publish-"));
process.env["HOME"] = home;
process.env["XDG_CACHE_HOME"] ??= join(userInfo().homedir, ".cache");
const folder = await scaffold("shout", home);
const names = ["set-headers", "remove-headers", "correlation-id", "security-headers"];
const shelf = names.map((name) => join(packageRoot, "policies", name));
const t = await startTestGateway({ module: (await build([...shelf, folder])).wasm });
const headers = [{ name: "x-name", value: "ada" }];
const params: Record<string, object> = {
  "set-headers": { request: { headers } },
  "remove-headers": { request: { headers: [{ name: "x-other" }] } },
};
const policies = [...names, "shout"].map((name) => ({
  name,
  version: "v1",
  params: params[name] ?? {},
}));
const file = join(folder, "policy.ts");
const source = await readFile(file, "utf8");
const ending = new AbortController();

const denyAll = (status: number, words: string): Promise<void> =>
  writeFile(
    file,
    source.replace(
      /onRequestHeaders\(request: Request\): Verdict \{/,
      (head) => `${head}\nreturn request.deny(${status}, "${words}");`,
    ),
  );

async function answered(status: number, words: string): Promise<void> {
  for (;;) {
    const answer = await t.request("/loud/x");
    if (answer.status === status && answer.text.includes(words)) return;
  }
}

function spread(all: number[]): string {
  const sorted = [...all].sort((a, b) => a - b);
  return `p50 ${sorted[Math.floor(sorted.length / 2)]} ms, longest ${sorted.at(-1)} ms`;
}

try {
  const made = await t.manage(
    "POST",
    "/rest-apis?wait=10s",
    restApi("loud", t.upstream.port, { policies }),
  );
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  const api = new GatewayApi(
    "bench",
    { server: `http://127.0.0.1:${t.gateway.ports.management}` },
    { trace: () => {} },
  );
  let took = { built: 0, served: 0 };
  let published = 0;
  const watching = publishAndWatch(api, [folder], terminal(), {
    ...{ wait: "10s", signal: ending.signal },
    told: (_, times) => {
      took = times;
      published++;
    },
  });
  while (published === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const status = 410 + (round % 8);
    await denyAll(status, `${round}`);
    const saved = performance.now();
    const cpu = process.cpuUsage();
    const before = published;
    await answered(status, `${round}`);
    const seen = Math.round(performance.now() - saved);
    while (published === before) await new Promise((resolve) => setTimeout(resolve, 1));
    const { user, system } = process.cpuUsage(cpu);
    const spent = Math.round((user + system) / 1_000);
    all.push(seen);
    console.log(
      `save → Envoy ${seen} ms: built after ${took.built}, all proven after ${took.served}; ${spent} ms of CPU here`,
    );
  }
  console.log(`save → Envoy: ${spread(all)}`);
  ending.abort();
  await watching;

  // Two whole modules, one after the other: each rollback goes to the other one.
  for (const status of [451, 452]) {
    await denyAll(status, "rollback");
    await publish(api, await linked(api, [folder]), "10s");
  }
  const seen: number[] = [];
  const proven: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const passed = () => Math.round(performance.now() - begun);
    const done = rollBack(api, "10s").then(() => void proven.push(passed()));
    await answered(451 + (round % 2), "rollback");
    seen.push(passed());
    await done;
  }
  console.log(`rollback → Envoy: ${spread(seen)}; every gateway proven: ${spread(proven)}`);
} finally {
  await t.close();
  await rm(home, { recursive: true, force: true });
}
