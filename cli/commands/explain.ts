/** `ap explain GET /pets/1`: which route takes a request, and where each policy of its chain comes from. */
import { Command } from "commander";
import type { Io } from "../io.ts";
import { remote, show, type Remote } from "./remote.ts";

export const explain = (io: Io): Command =>
  remote(new Command("explain"))
    .description("show which route takes a request, and where each of its policies comes from")
    .argument("<method>", "such as GET")
    .argument("<url>", "a path, or a whole URL")
    .action(async (method: string, url: string, options: Remote) => {
      const { GatewayApi } = await import("../client/api.ts");
      const { explainRequest } = await import("../client/explain.ts");
      const found = await explainRequest(
        await GatewayApi.of(options, io),
        method.toUpperCase(),
        url,
      );
      show(io, options, found, () => [
        ["API", found.api],
        ["ROUTE", found.route],
        ["UPSTREAM", found.upstream],
        ...found.policies.map(({ name, version, from, mandatory }, i) => [
          `POLICY ${i + 1}`,
          `${name} ${version}, from ${from}${mandatory ? ", mandatory" : ""}`,
        ]),
        ...found.dropped.map(({ name, version, from, by }, i) => [
          `WITHOUT ${i + 1}`,
          `${name} ${version}, from ${from}, dropped by ${by}`,
        ]),
      ]);
    });
