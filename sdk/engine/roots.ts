/**
 * Root contexts: one for each plugin configuration that this VM serves. Several may live in one VM,
 * and an old one goes on serving its streams while a new one takes over.
 */
import { returnChunk, takeChunk } from "./runtime/chunks";

@unmanaged
export class Root {
  id: u32;
  /** True if each route brings its own chain; else `chain` serves every request. */
  byRoute: bool;
  chain: usize;
  /** True once its chain was set up. */
  ready: bool;
  next: usize;
}

let first: usize = 0;

export function openRoot(id: u32): Root {
  const at = takeChunk(offsetof<Root>());
  const root = changetype<Root>(at);
  root.id = id;
  root.byRoute = false;
  root.chain = 0;
  root.ready = false;
  root.next = first;
  first = at;
  return root;
}

export function findRoot(id: u32): Root | null {
  for (let at = first; at; at = changetype<Root>(at).next) {
    if (changetype<Root>(at).id == id) return changetype<Root>(at);
  }
  return null;
}

export function closeRoot(id: u32): void {
  let link: usize = 0;
  for (let at = first; at; at = changetype<Root>(at).next) {
    if (changetype<Root>(at).id == id) {
      if (link) changetype<Root>(link).next = changetype<Root>(at).next;
      else first = changetype<Root>(at).next;
      returnChunk(at);
      return;
    }
    link = at;
  }
}
