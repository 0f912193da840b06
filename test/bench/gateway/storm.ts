/** 1,000 changes of APIs and 20 module swaps under 2,000 requests a second: none fails, none is without its policies. */
import { percentile } from "../../controller/fixtures/load.ts";
import { startBenchLab } from "../lab.ts";
import { isOk } from "../load/loader.ts";
import { steadyLoad } from "../load/steady.ts";
import { place, runGateway } from "./command.ts";
import { document, roundHeader } from "./documents.ts";
import { show } from "./show.ts";

const changes = 1_000;
const swaps = 20;
const perSecond = Number(process.env["RATE"] ?? 2_000);
const apis = 10;

/** Envoy's counters that tell where a request has failed. */
const telling = "5xx|active_rq|_fail|no_route|no_cluster|overflow|timeout|wasm";

/** Written by the first and by the last of the five. */
const hasPolicies = (head: string): boolean =>
  head.includes("\r\nx-frame-options: ") && head.includes(`\r\n${roundHeader}: `);

export async function storm(): Promise<void> {
  // An upstream that closes its connections after some seconds, as Node's does, would fail requests of its own.
  const upstream = await startBenchLab([{ name: "bare Envoy", filters: [] }]);
  const here = await place();
  const gateway = await runGateway(here);
  try {
    const options = { upstream: upstream.upstream };
    const name = (i: number) => `api-${i % apis}`;
    for (let i = 0; i < apis; i++)
      await gateway.manage("POST", "/rest-apis?wait=10s", document(name(i), options));
    const modules = await Promise.all(["odd", "even"].map((mark) => gateway.upload(mark)));
    const load = steadyLoad({
      ...{ port: gateway.http, path: "/api-0/x", perSecond },
      headers: { "user-agent": "bench" },
      accept: (head) => isOk(head) ?? (hasPolicies(head) ? null : "without its policies"),
    });
    const began = performance.now();
    for (let i = 1; i <= changes; i++) {
      const round = document(name(i), { ...options, round: i });
      // Each change is waited for, so that the load meets all of them.
      await gateway.manage("PUT", `/rest-apis/${name(i)}?wait=10s`, round);
      if (i % (changes / swaps) === 0)
        await gateway.manage(
          "POST",
          `/modules/${modules[((i * swaps) / changes) % 2]}/assign?wait=10s`,
        );
    }
    const seconds = (performance.now() - began) / 1_000;
    const { sent, failures, latenciesMs } = await load.stop();
    show(`${changes} changes and ${swaps} swaps took`, seconds, "s");
    show("requests meanwhile", sent / seconds, "requests/s");
    show("the slowest hundredth took at least", percentile(latenciesMs, 0.99), "ms");
    const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
    show(`of ${sent} requests failed, or were without their policies`, failed, "");
    for (const [why, count] of failures) show(`  ${why}`, count, "");
    if (failed > 0) console.log(await gateway.counters(telling));
  } finally {
    await gateway.stop();
    await upstream.close();
    await here.remove();
  }
}
