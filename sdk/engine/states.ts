/** Where the policies of a request keep their own objects: room for one address each, zero until used. */
import { Chain } from "./chain";
import { enterStream, leaveRegion } from "./runtime/index";
import { Stream } from "./stream";

export function stateSlot(stream: Stream, at: i32): usize {
  if (!stream.states) {
    const size = (<usize>changetype<Chain>(stream.chain).links.length) << 2;
    enterStream();
    stream.states = __alloc(size);
    memory.fill(stream.states, 0, size);
    leaveRegion();
  }
  return stream.states + ((<usize>at) << 2);
}
