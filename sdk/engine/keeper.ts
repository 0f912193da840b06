/** What keeps request headers for later, if some policy of the module asked for it. */
import { Stream } from "./stream";

type Keeper = (stream: Stream) => void;

function keepNothing(stream: Stream): void {}

export let keeper: Keeper = keepNothing;

export function setKeeper(one: Keeper): void {
  keeper = one;
}
