/** Drops the chains whose secrets have changed, once for each revision of the feed. */
import { Chain } from "../chain";
import { cacheSize, cachedChain, forgetChain } from "../chains";
import { stillTrue } from "./secrets";

let checked: u64 = 0;

export function dropStaleChains(revision: u64): void {
  if (revision == checked) return;
  checked = revision;
  let i: u32 = 0;
  while (i < cacheSize()) {
    const chain = cachedChain(i);
    const stamped = chain ? changetype<Chain>(chain).secrets : 0;
    // What stood behind a dropped chain may have moved into its place.
    if (stamped && !stillTrue(stamped)) forgetChain(i);
    else i++;
  }
}
