/**
 * What each policy of a gateway's module did: how often it ran, how long, and how often it refused. Counted in this
 * worker's memory and told to the host with each tick, so that it costs a request some nanoseconds and no hostcall; one run
 * of 64 is timed. A module that goes takes what it counted since its last tick with it. Only modules of several policies
 * have it (`TALLY`): their entry puts a policy's number, from 1, above the bits of its handlers.
 */
import { MetricType } from "../abi";
import { proxy_increment_metric, proxy_record_metric } from "../env";
import { registrations } from "./registry";
import { takeChunk } from "./runtime/chunks";
import { define } from "./watch";

/** Further policies of a module have no numbers. */
const MOST: i32 = 128;
const NUMBER_AT: i32 = 16;
const TIMED: u32 = 64;

/** Of each policy: runs, runs that were told, refusals to be told, and its three metrics. */
const RECORD: i32 = 24;
let records: usize = 0;

function recordOf(handles: i32): usize {
  const at = (handles >>> NUMBER_AT) - 1;
  if (at < 0 || at >= MOST) return 0;
  if (!records) {
    // Not laid out with the module: modules that have no tally would have addresses that are longer by it.
    records = takeChunk(RECORD * MOST);
    memory.fill(records, 0, RECORD * MOST);
  }
  return records + <usize>(at * RECORD);
}

/** Counts a run. True if this one is to be timed. */
export function countRun(handles: i32): bool {
  const record = recordOf(handles);
  if (!record) return false;
  store<u32>(record, load<u32>(record) + 1);
  return load<u32>(record) % TIMED == 1;
}

export function countRefusal(handles: i32): void {
  const record = recordOf(handles);
  if (record) store<u32>(record, load<u32>(record, 8) + 1, 8);
}

/** Only with `countRun`'s consent. */
export function countTime(handles: i32, nanoseconds: u64): void {
  const record = recordOf(handles);
  const name = registrations[(handles >>> NUMBER_AT) - 1].name;
  const id = idOf(record, 20, MetricType.Histogram, "sluice.duration.policy=", name);
  if (id) proxy_record_metric(id - 1, nanoseconds);
}

/** Called with each tick, in a callback's memory. */
export function tellTally(): void {
  if (!records) return;
  const size = min(registrations.length, MOST);
  for (let i = 0; i < size; i++) {
    const record = records + <usize>(i * RECORD);
    const runs = load<u32>(record) - load<u32>(record, 4);
    if (!runs) continue;
    const name = registrations[i].name;
    tell(record, 12, "sluice.executions.policy=", name, runs);
    store<u32>(record, load<u32>(record), 4);
    const refusals = load<u32>(record, 8);
    if (!refusals) continue;
    tell(record, 16, "sluice.denials.policy=", name, refusals);
    store<u32>(record, 0, 8);
  }
}

function tell(record: usize, at: usize, prefix: string, policy: string, by: u32): void {
  const id = idOf(record, at, MetricType.Counter, prefix, policy);
  if (id) proxy_increment_metric(id - 1, by);
}

/** One more than the host's id of a metric, which stands at `at`; 0 if the host would not define it. */
function idOf(record: usize, at: usize, type: MetricType, prefix: string, policy: string): u32 {
  if (!load<u32>(record + at)) {
    store<u32>(record + at, <u32>(define(type, prefix + policy) + 1));
  }
  return load<u32>(record + at);
}
