/**
 * The engine's own metrics: bytes of memory of this worker's module, and faults by policy. Metrics are
 * defined when there is something to say, so a module that is well costs one comparison a callback.
 */
import { MetricType } from "../abi";
import { proxy_define_metric, proxy_increment_metric } from "../env";
import { encode, written } from "../hostcalls/text";

const out: usize = memory.data(4);

let pages: i32 = 0;
let gauge: i64 = -1;

export function define(type: MetricType, name: string): i64 {
  const at = encode(name);
  return proxy_define_metric(type, at, written, out) == 0 ? <i64>load<u32>(out) : -1;
}

/** Reports growth of the memory: the gauge is the sum over all workers. */
export function watchMemory(): void {
  const now = memory.size();
  if (now == pages) return;
  if (gauge < 0) gauge = define(MetricType.Gauge, "sluice.memory_bytes");
  if (gauge >= 0) proxy_increment_metric(<u32>gauge, (<i64>(now - pages)) << 16);
  pages = now;
}

export function countFault(policy: string): void {
  const id = define(MetricType.Counter, "sluice.faults." + policy);
  if (id >= 0) proxy_increment_metric(<u32>id, 1);
}
