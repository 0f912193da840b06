/** `ap completion bash`: the script by which a shell completes the words of `ap`. */
import { Argument, Command } from "commander";
import type { Io } from "../io.ts";

const known = ["bash", "zsh", "fish"] as const;

export const completion = (io: Io): Command =>
  new Command("completion")
    .description("print the script that makes a shell complete ap's words, as its first line says")
    .addArgument(new Argument("<shell>", "which one").choices(known))
    .action(async (shell: (typeof known)[number]) => {
      const { shells } = await import("../completion/scripts.ts");
      io.out(shells[shell]);
    });
