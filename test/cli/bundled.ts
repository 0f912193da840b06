/** `ap` as a process of its own, bundled from the sources as they are. */
import { join } from "node:path";
import { rm } from "node:fs/promises";
import { build } from "esbuild";
import { packageRoot } from "../../cli/package-root.ts";

export async function bundledAp(
  name: string,
): Promise<{ main: string; remove: () => Promise<void> }> {
  const outdir = join(packageRoot, "build", `ap-${name}`);
  await build({
    ...{ entryPoints: [join(packageRoot, "cli/ap.ts")], outdir },
    ...{ bundle: true, platform: "node", format: "esm", splitting: true, packages: "external" },
  });
  return {
    main: join(outdir, "ap.js"),
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
}
