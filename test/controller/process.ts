/** A controller as a process of its own, for tests that end it without asking. */
import { spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface ControllerProcess {
  ports: { management: number; xds: number };
  pid: number;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
}

/** Bundles the process' file once; it runs beside node_modules, where it finds its packages. */
export async function buildController(): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = fileURLToPath(new URL("../../node_modules/.sluice-tests/", import.meta.url));
  await mkdir(folder, { recursive: true });
  const file = `${folder}controller-${process.pid}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL("./process-main.ts", import.meta.url))],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return { file, remove: () => rm(file, { force: true }) };
}

export async function startController(
  file: string,
  store: string,
  ports: { management?: number; xds?: number } = {},
): Promise<ControllerProcess> {
  const child = spawn(process.execPath, [file, store, JSON.stringify(ports)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the controller ended with ${code}`)));
  });
  return {
    ports: JSON.parse(line),
    pid: child.pid!,
    kill: () => {
      child.kill("SIGKILL");
      return exited;
    },
  };
}
