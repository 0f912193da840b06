/** Counters, gauges and histograms. A number's two low bits say which; every definition gets a new one. */
import { MetricType, Status } from "../../sdk/abi.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

export const metrics: Hostcalls = {
  proxy_define_metric(vm, type: number, name: number, size: number, outId: number) {
    if (type < 0 || type > MetricType.Histogram) return Status.BadArgument;
    const metric = vm.host.metrics.define(type, `wasmcustom.${vm.memory.text(name, size)}`);
    const id = (vm.nextMetric[type] = vm.nextMetric[type]! + 4);
    vm.metrics.set(id, metric);
    vm.memory.setU32(outId, id);
    return Status.Ok;
  },

  /** A counter never falls. */
  proxy_increment_metric(vm, id: number, by: bigint) {
    const type = id & 3;
    if (type > MetricType.Gauge) return Status.BadArgument;
    const metric = vm.metrics.get(id >>> 0);
    if (!metric) return Status.NotFound;
    if (type === MetricType.Counter && by <= 0n) {
      if (by < 0n) vm.host.swallowed(`an increment by ${by} of the counter ${metric.name}`);
      return Status.BadArgument;
    }
    metric.value = BigInt.asUintN(64, metric.value + by);
    return Status.Ok;
  },

  proxy_record_metric(vm, id: number, value: bigint) {
    const metric = vm.metrics.get(id >>> 0);
    if (!metric) return Status.NotFound;
    const amount = BigInt.asUintN(64, value);
    if (metric.type === MetricType.Counter) {
      vm.host.swallowed(`record_metric of the counter ${metric.name}, which adds to it`);
      metric.value += amount;
    } else if (metric.type === MetricType.Gauge) metric.value = amount;
    else metric.values.push(amount);
    return Status.Ok;
  },

  proxy_get_metric(vm, id: number, outValue: number) {
    if ((id & 3) > MetricType.Gauge) return Status.BadArgument;
    const metric = vm.metrics.get(id >>> 0);
    if (!metric) return Status.NotFound;
    vm.memory.setU64(outValue, metric.value);
    return Status.Ok;
  },
};
