/** `ap support bundle`: what somebody who helps needs to know, in one file without secrets. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { remote, show, type Remote } from "./remote.ts";

export const support = (io: Io): Command =>
  new Command("support")
    .description("what somebody who helps needs to know")
    .addCommand(bundle(io));

const bundle = (io: Io): Command =>
  remote(new Command("bundle"))
    .description(
      "write an archive of what a gateway is and has, without secrets; it is sent nowhere",
    )
    .option("--file <path>", "the archive", "sluice-support.tar.gz")
    .action(async (options: Remote & { file: string }) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { makeBundle } = await import("../support/bundle.ts");
      const api = await GatewayApi.of(options, io);
      const made = await makeBundle(api, options, options.file, io.progress);
      show(io, options, made, () => [
        ["PART", "IS"],
        ...made.parts.map(({ name, problem }) => [name, problem ?? "there"]),
        [made.file, "is written: read it before you send it"],
      ]);
    });
