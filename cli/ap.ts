#!/usr/bin/env node
import { Exit } from "./errors.ts";
import { main } from "./main.ts";

// Whoever reads us may have seen enough: `ap … | head` is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`error AP-SYSTEM: cannot print: ${error.message}\n`);
  process.exit(Exit.Failed);
});

process.exitCode = await main(process.argv.slice(2));
