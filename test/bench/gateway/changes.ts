/** How long it takes until a change is served, seen by whoever asks for the API all the time. */
import { percentile } from "../../controller/fixtures/load.ts";
import type { RunningGateway } from "./command.ts";
import { show } from "./show.ts";
import { document, roundHeader, type DocumentOptions } from "./documents.ts";

export interface Changes {
  p50: number;
  p99: number;
  /** The CPU that the controller took for one, in milliseconds: a machine that does other things too does not lengthen it. */
  cpu: number;
  /** What the Envoy received from its controller for one change. */
  bytes: number;
}

const received = "cluster.controllers.upstream_cx_rx_bytes_total";

/** Changes each of these APIs by turns. */
export async function measureChanges(
  gateway: RunningGateway,
  {
    count,
    names,
    path,
    ...options
  }: { count: number; names: string[]; path: string } & DocumentOptions,
): Promise<Changes> {
  const took: number[] = [];
  const cpuBefore = await gateway.controllerCpu();
  const before = await gateway.counter(received);
  for (let i = 0; i < count; i++) {
    const name = names[i % names.length]!;
    const round = i + 1;
    const began = performance.now();
    const written = gateway.manage(
      "PUT",
      `/rest-apis/${name}`,
      document(name, { ...options, round }),
    );
    while ((await gateway.get(`/${name}${path}`)).headers[roundHeader] !== String(round))
      if (performance.now() - began > 10_000) throw new Error(`${name} is not served anew`);
    took.push(performance.now() - began);
    await written;
  }
  return {
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    cpu: ((await gateway.controllerCpu()) - cpuBefore) / count,
    bytes: ((await gateway.counter(received)) - before) / count,
  };
}

export function showChanges({ p50, p99, cpu, bytes }: Changes): void {
  show("change to served, p50", p50, "ms");
  show("change to served, p99", p99, "ms");
  show("CPU of the controller for a change", cpu, "ms");
  show("sent to Envoy for a change", bytes, "bytes");
}
