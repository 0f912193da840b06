/**
 * Random cases are the same in every run of `npm test`, so that what fails once fails always. Others come with
 * `SEED=<number> npx vitest run <file>`; a failure prints its own seed.
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["SEED"] ?? 1) });
