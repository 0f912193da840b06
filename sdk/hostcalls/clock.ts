/** Wall clock time. The host's clock, so that the simulator's virtual one drives it in tests. */
import { proxy_get_current_time_nanoseconds } from "../env";

const out: usize = memory.data(8);

export function nowNanoseconds(): u64 {
  proxy_get_current_time_nanoseconds(out);
  return load<u64>(out);
}

export function nowMilliseconds(): i64 {
  return <i64>(nowNanoseconds() / 1000000);
}

export function nowMicroseconds(): i64 {
  return <i64>(nowNanoseconds() / 1000);
}
