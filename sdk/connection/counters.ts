/** Connections that were ended, counted for who runs the gateway. */
import { MetricType, Status } from "../abi";
import { proxy_define_metric, proxy_increment_metric } from "../env";
import { window } from "./host";

const out: usize = memory.data(4, 4);

/** What the host calls each of them; -1: it was not asked yet. */
let refused: i64 = -1;
let turnedAway: i64 = -1;

/** For bytes that are refused. What the window shows is lost. */
export function countRefused(): void {
  if (refused < 0) refused = define("sluice.connections_ended.reason=bytes");
  proxy_increment_metric(<u32>refused, 1);
}

/** For want of room. */
export function countTurnedAway(): void {
  if (turnedAway < 0) turnedAway = define("sluice.connections_ended.reason=room");
  proxy_increment_metric(<u32>turnedAway, 1);
}

function define(name: string): u32 {
  for (let i = 0; i < name.length; i++) store<u8>(window + i, <u8>name.charCodeAt(i));
  if (proxy_define_metric(MetricType.Counter, window, name.length, out) != Status.Ok) unreachable();
  return load<u32>(out);
}
