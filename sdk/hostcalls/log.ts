/** Writing to the host's log. The level is asked for once per callback, not once per line. */
import { LogLevel } from "../abi";
import { proxy_get_log_level, proxy_log } from "../env";
import { encode, written } from "./text";

const out: usize = memory.data(4);

/** Below this level the host drops what is written. */
export function lowestLevel(): LogLevel {
  return proxy_get_log_level(out) == 0 ? load<i32>(out) : LogLevel.Info;
}

export function log(level: LogLevel, message: string): void {
  const at = encode(message);
  proxy_log(level, at, written);
}
