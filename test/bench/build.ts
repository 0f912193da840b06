/**
 * How long a build takes: of one changed policy with a warm compiler, and of the whole shelf in a fresh
 * process. `npm run bench:build`. A new policy as `ap policy new` writes it stands for a header policy.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../cli/build/index.ts";
import { scaffold } from "../../cli/build/scaffold.ts";
import { shelfFolders } from "../../cli/run/shelf.ts";

if (process.argv[2] === "cold") {
  await build(await shelfFolders());
  process.exit();
}

const scratch = await mkdtemp(join(tmpdir(), "sluice-"));
const fresh = await scaffold("greet", scratch);
for (const folder of [fresh, "policies/basic-auth"]) {
  for (const target of [undefined, "debug"] as const) {
    const times: number[] = [];
    let bytes = 0;
    // The first ones warm the compiler.
    for (let i = 0; i < 14; i++) {
      const start = performance.now();
      bytes = (await build([folder], { ...(target && { target }) })).wasm.length;
      if (i >= 5) times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    console.log(
      `${folder.split("/").at(-1)}, ${target ?? "release"}: median ${times[4]!.toFixed(0)} ms, ` +
        `least ${times[0]!.toFixed(0)} ms; ${bytes} bytes`,
    );
  }
}
await rm(scratch, { recursive: true });

const start = performance.now();
spawnSync(process.execPath, [process.argv[1]!, "cold"], { stdio: "inherit" });
console.log(`the whole shelf, cold: ${((performance.now() - start) / 1000).toFixed(1)} s`);
