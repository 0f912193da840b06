/**
 * Numbers for the gateway's metrics. A metric is defined when the policy is configured; its name in
 * Envoy is `wasmcustom.sluice.<name>`, with `.<tags>` if there are any: `kind=any,zone=b`. The gateway's
 * metrics port shows them as labels: `sluice_<name>{kind="any",zone="b"}`. A metric can never be taken
 * back, so tags come from what the author writes, not from what a client sends; names have no dots.
 */
import { MetricType } from "./abi";
import {
  proxy_define_metric,
  proxy_get_metric,
  proxy_increment_metric,
  proxy_record_metric,
} from "./env";
import { encode, written } from "./hostcalls/text";

const out: usize = memory.data(8);

/** The host's id of a metric, -1 if the host would not define it. */
function define(type: MetricType, name: string): i64 {
  const at = encode("sluice." + name);
  return proxy_define_metric(type, at, written, out) == 0 ? <i64>load<u32>(out) : -1;
}

function read(id: i64): i64 {
  return id >= 0 && proxy_get_metric(<u32>id, out) == 0 ? load<i64>(out) : 0;
}

/** Goes up only. */
export class Counter {
  private id: i64;

  constructor(name: string, tags: string = "") {
    this.id = define(MetricType.Counter, tags.length ? name + "." + tags : name);
  }

  add(by: i64 = 1): void {
    if (this.id >= 0 && by > 0) proxy_increment_metric(<u32>this.id, by);
  }

  get(): i64 {
    return read(this.id);
  }
}

/** Goes up and down. */
export class Gauge {
  private id: i64;

  constructor(name: string, tags: string = "") {
    this.id = define(MetricType.Gauge, tags.length ? name + "." + tags : name);
  }

  set(value: u64): void {
    if (this.id >= 0) proxy_record_metric(<u32>this.id, value);
  }

  add(by: i64): void {
    if (this.id >= 0) proxy_increment_metric(<u32>this.id, by);
  }

  get(): i64 {
    return read(this.id);
  }
}

/** How values are spread: durations in milliseconds, sizes in bytes. */
export class Histogram {
  private id: i64;

  constructor(name: string, tags: string = "") {
    this.id = define(MetricType.Histogram, tags.length ? name + "." + tags : name);
  }

  record(value: u64): void {
    if (this.id >= 0) proxy_record_metric(<u32>this.id, value);
  }
}
