/** `ap doctor`: whether this machine has what a gateway needs. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { show, withOutput, type Remote } from "./remote.ts";

export const doctor = (io: Io): Command =>
  withOutput(new Command("doctor"))
    .description("look whether this machine has what a gateway needs; exit code 1 if not")
    .option("--data <folder>", "where the store lies", "data")
    .action(async (options: Remote & { data: string }) => {
      const { examine } = await import("../run/doctor.ts");
      const found = await examine(options.data);
      show(io, options, found, () => [
        ["WHAT", "IS", "FOUND"],
        ...found.map(({ what, ok, found }) => [what, ok ? "well" : "wrong", found]),
      ]);
      if (found.some(({ ok }) => !ok)) io.exitCode = 1;
    });
