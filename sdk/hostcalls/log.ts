/** Writing to the host's log: the host drops what is below its level. */
import { LogLevel } from "../abi";
import { proxy_log } from "../env";
import { encode, written } from "./text";

export function log(level: LogLevel, message: string): void {
  const at = encode(message);
  proxy_log(level, at, written);
}
