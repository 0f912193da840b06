/** `ap explain`: which route takes a request and where its policies come from; with a log, why one got its answer. */
import { Command } from "commander";
import type { Explanation } from "../explain/route.ts";
import type { Io } from "../io.ts";
import { collect, remote, show, type Remote } from "./remote.ts";

interface ExplainOptions extends Remote {
  log: string[];
  request?: string;
}

export const explain = (io: Io): Command =>
  remote(new Command("explain"))
    .description(
      "show which route takes a request, and where each of its policies comes from; with --log, who decided its answer and why",
    )
    .argument("[method]", "such as GET")
    .argument("[url]", "a path, or a whole URL")
    .option(
      "--log <file>",
      "the gateway's output or a log that it wrote, - for standard input; may be repeated",
      collect,
      [],
    )
    .option(
      "--request <id>",
      "which request of the log; the last of the method and URL unless given",
    )
    .action(
      async (method: string | undefined, url: string | undefined, options: ExplainOptions) => {
        const { GatewayApi } = await import("../client/api.ts");
        const { usage } = await import("../errors.ts");
        const { log, request } = options;
        const named = method !== undefined && url !== undefined;
        if (!named && request === undefined)
          throw usage("give a method and a URL, or --request with --log", "ap explain GET /pets/1");
        if (named && request !== undefined)
          throw usage("--request: does not go with a method and a URL");
        if (request !== undefined && log.length === 0) throw usage("--request: needs --log");
        const api = await GatewayApi.of(options, io);
        const { explainRequest, pathOf } = await import("../explain/route.ts");
        if (log.length === 0) {
          const found = await explainRequest(api, method!.toUpperCase(), url!);
          return show(io, options, found, () => routeRows(found));
        }
        const { explainAnswer } = await import("../explain/answer.ts");
        const wanted =
          request !== undefined
            ? { id: request }
            : { method: method!.toUpperCase(), path: pathOf(url!) };
        const found = await explainAnswer(api, log, wanted);
        const { id, time, host } = found.request;
        show(io, options, found, () => [
          ["REQUEST", `${found.request.method} ${host}${found.request.path}, ${id}, ${time}`],
          ["ANSWER", `${found.status}, ${found.decidedBy}`],
          ...found.from.map((from) => ["FROM", from]),
          ...found.because.map((reason) => ["BECAUSE", reason]),
          ...found.lines.map((line) => ["LOG", line]),
          ...(found.now ? routeRows(found.now) : [["ROUTE", "none takes it now"]]),
        ]);
      },
    );

const routeRows = ({ api, route, upstream, policies, dropped }: Explanation): string[][] => [
  ["API", api],
  ["ROUTE", route],
  ["UPSTREAM", upstream],
  ...policies.map(({ name, version, from, mandatory }, i) => [
    `POLICY ${i + 1}`,
    `${name} ${version}, from ${from}${mandatory ? ", mandatory" : ""}`,
  ]),
  ...dropped.map(({ name, version, from, by }, i) => [
    `WITHOUT ${i + 1}`,
    `${name} ${version}, from ${from}, dropped by ${by}`,
  ]),
];
