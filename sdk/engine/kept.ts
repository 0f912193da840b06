/**
 * Request headers that a chain asked for, kept with the stream: the host has forgotten them by the time
 * of the response. Taken before any policy runs, so they are what the client sent.
 */
import { requestMap } from "../request";
import { Chain } from "./chain";
import { enterStream, leaveRegion } from "./runtime/index";
import { Stream } from "./stream";

/** Values in the order of the chain's names; several of one name are joined by a comma. */
class Kept {
  values: StaticArray<string | null>;

  constructor(size: i32) {
    this.values = new StaticArray<string | null>(size);
  }
}

export function keepHeaders(stream: Stream): void {
  const names = changetype<Chain>(stream.chain).kept;
  if (!names.length) return;
  requestMap.size();
  enterStream();
  const kept = new Kept(names.length);
  for (let i = 0; i < names.length; i++) {
    let at = requestMap.find(names[i]);
    if (at < 0) continue;
    let value = requestMap.valueAt(at);
    while ((at = requestMap.find(names[i], at + 1)) >= 0) value += ", " + requestMap.valueAt(at);
    kept.values[i] = value;
  }
  leaveRegion();
  stream.kept = changetype<usize>(kept);
}

/** The kept header, null if the client did not send it or no policy asked for it. */
export function keptHeader(stream: Stream, name: string): string | null {
  if (!stream.kept) return null;
  const at = changetype<Chain>(stream.chain).kept.indexOf(name.toLowerCase());
  return at < 0 ? null : changetype<Kept>(stream.kept).values[at];
}
