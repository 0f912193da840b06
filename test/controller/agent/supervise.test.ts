/** An Envoy that ends and does not start for a while: a program in its place that runs the real one, or refuses to. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootstrap } from "../../../controller/agent/bootstrap.ts";
import { findEnvoy } from "../../../controller/agent/find.ts";
import { superviseEnvoy } from "../../../controller/agent/supervise.ts";
import { eventually } from "../../eventually.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-supervise-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("it is started again after pauses that grow, and what each start said is in the one log", async () => {
  const [path, broken] = [join(folder, "envoy"), join(folder, "broken")];
  const real = (await findEnvoy()).path;
  await writeFile(
    path,
    `#!/bin/sh\n[ -e '${broken}' ] && { echo 'out of order' >&2; exit 3; }\nexec '${real}' "$@"\n`,
  );
  await chmod(path, 0o755);
  const logs: string[] = [];
  const envoy = await superviseEnvoy({
    path,
    bootstrap: bootstrap({ nodeId: "n", controllers: [{ host: "127.0.0.1", port: 9 }] }),
    concurrency: 1,
    log: (line) => logs.push(line),
  });
  await writeFile(broken, "");
  const first = envoy.current()!;
  process.kill(first.pid, "SIGKILL");
  const again = (ms: number, why: string) =>
    eventually(() => expect(logs).toContain(`${why}; starting again in ${ms} ms`));
  await again(100, "Envoy ended with SIGKILL");
  await again(200, "Envoy does not start");
  await again(400, "Envoy does not start");
  expect(logs).toContain("out of order");
  await rm(broken);
  await eventually(async () => expect(await envoy.current()!.admin("/server_info")).toContain("n"));
  expect(envoy.current()!.pid).not.toBe(first.pid);
  await envoy.stop();
});
