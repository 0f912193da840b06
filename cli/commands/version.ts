import { Command } from "commander";
import type { Io } from "../io.ts";

export const version = (io: Io): Command =>
  new Command("version").description("print the version").action(async () => {
    const { readFile } = await import("node:fs/promises");
    const { join } = await import("node:path");
    const { packageRoot } = await import("../package-root.ts");
    const text = await readFile(join(packageRoot, "package.json"), "utf8");
    io.line((JSON.parse(text) as { version: string }).version);
  });
