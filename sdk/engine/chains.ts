/**
 * Which chain a request runs: its root's, or the one of its route. Chains of routes are cached by the
 * route's name, which changes with the chain, under a bound; the least recently used goes first, whole,
 * and never while a stream uses it.
 */
import { LogLevel } from "../abi";
import { propertySize, rawProperty, textProperty } from "../hostcalls/property";
import { log } from "../hostcalls/log";
import { encode, same, written } from "../hostcalls/text";
import { proxy_set_tick_period_milliseconds } from "../env";
import { Chain, buildChain, problem } from "./chain";
import { refuse } from "./fault";
import { PREPARING, refuel } from "./fuel";
import { rootContext } from "./live";
import { FEED_TICK_MS, copyStamp, fillSecrets, secretsStamp } from "./feed/hook";
import { Handles } from "./link";
import { findRoot } from "./roots";
import { setUp, wantTick } from "./rooted";
import { preparations, registrations } from "./registry";
import { takeChunk, returnChunk } from "./runtime/chunks";
import { dropRegion, enterRegion, leaveRegion } from "./runtime/index";

/** The root id under which each route brings its own chain. */
const GATEWAY: string = "sluice.gateway";
const ROUTE_NAME: StaticArray<u8> = [
  0x78, 0x64, 0x73, 0, 0x72, 0x6f, 0x75, 0x74, 0x65, 0x5f, 0x6e, 0x61, 0x6d, 0x65,
];
export const CHAIN_PATH: string = "xds\0route_metadata\0filter_metadata\0sluice\0chain";

/** Most chains, and most bytes of them, that one worker keeps ready. */
const MOST_CHAINS: i32 = 4096;
const MOST_BYTES: usize = 64 << 20;
const SLOTS: u32 = 8192;
/** After so many requests without one for it, a chain whose route has another now is not kept for its bound. */
const LEFT_AFTER: u32 = 256;
const ENTRY: usize = 16;

/** Hash, address and length of the name, address of the chain. */
@unmanaged
class Cached {
  hash: u32;
  name: usize;
  nameSize: usize;
  chain: usize;
}

let table: usize = 0;
let count: i32 = 0;
let bytes: usize = 0;
let uses: u32 = 0;

export function take(chain: usize): void {
  changetype<Chain>(chain).users++;
}

export function letGo(chain: usize): void {
  const one = changetype<Chain>(chain);
  if (--one.users == 0) dropRegion(one.region);
}

/** Reads a plugin's configuration. False, with the reason in the log, if it is not valid. */
export function configureRoot(id: u32, text: Uint8Array): bool {
  const root = findRoot(id);
  if (root === null) return false;
  for (let i = 0; i < preparations.length; i++) preparations[i]();
  const rootId = textProperty("plugin_root_id");
  root.byRoute = rootId !== null && rootId == GATEWAY;
  if (isDefined(FEED)) wantTick(FEED_TICK_MS);
  if (root.byRoute) return true;
  const alone = registrations.length == 1;
  const chain = buildChain(text.byteLength ? text : emptyObject(), alone);
  if (chain === null) {
    log(LogLevel.Critical, changetype<string>(problem));
    return false;
  }
  if (root.chain) letGo(root.chain);
  root.chain = changetype<usize>(chain);
  // Calls cannot be made from here: set-up waits for the first tick.
  root.ready = (chain.handles & (Handles.Setup | Handles.Tick)) == 0;
  if (!root.ready) proxy_set_tick_period_milliseconds(1);
  return true;
}

function emptyObject(): Uint8Array {
  const text = new Uint8Array(2);
  text[0] = 0x7b;
  text[1] = 0x7d;
  return text;
}

function hashOf(at: usize, size: usize): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i: usize = 0; i < size; i++) hash = (hash ^ load<u8>(at + i)) * 0x01000193;
  return hash;
}

function cachedAt(i: u32): Cached {
  return changetype<Cached>(table + <usize>i * ENTRY);
}

/** The chain of the request's route; 0 if there is no route, or it was refused for having none. */
export function chainOfRoute(): usize {
  const name = rawProperty(changetype<usize>(ROUTE_NAME), ROUTE_NAME.length);
  const size = propertySize;
  if (!name || !size) return 0;
  if (!table) {
    table = takeChunk(<usize>SLOTS * ENTRY);
    memory.fill(table, 0, <usize>SLOTS * ENTRY);
  }
  const hash = hashOf(name, size);
  let i = hash & (SLOTS - 1);
  for (;;) {
    const cached = cachedAt(i);
    if (!cached.chain) break;
    if (cached.hash == hash && cached.nameSize == size && same(cached.name, name, size)) {
      changetype<Chain>(cached.chain).lastUse = ++uses;
      return cached.chain;
    }
    i = (i + 1) & (SLOTS - 1);
  }
  return build(name, size, hash);
}

/** How many places the cache has, and the chain at one of them: 0 if there is none. */
export function cacheSize(): u32 {
  return table ? SLOTS : 0;
}

export function cachedChain(i: u32): usize {
  return cachedAt(i).chain;
}

/** Why the last chain could not be built: not told where it may have a secret's value in it. */
function words(): string {
  if (isDefined(FEED)) {
    if (secretsStamp()) return "with the values of its secrets it does not fit";
  }
  return changetype<string>(problem);
}

/** True if the last chain could not be built because its secrets are on their way. */
export let unready: bool = false;

function build(name: usize, size: usize, hash: u32): usize {
  const path = encode(CHAIN_PATH);
  const at = rawProperty(path, written);
  if (!at) {
    refuse("route without a chain");
    return 0;
  }
  let text = Uint8Array.wrap(changetype<ArrayBuffer>(at), 0, <i32>propertySize);
  refuel(max(PREPARING, text.byteLength));
  if (isDefined(FEED)) {
    const filled = fillSecrets(text);
    unready = filled === null;
    if (filled === null) return 0;
    text = filled;
  }
  const chain = buildChain(text, false);
  if (chain === null) {
    refuse("invalid chain: " + words());
    return 0;
  }
  chain.lastUse = ++uses;
  if (isDefined(FEED)) {
    enterRegion(chain.region);
    chain.secrets = copyStamp(secretsStamp());
    leaveRegion();
  }
  if (chain.handles & (Handles.Setup | Handles.Tick)) setUp(chain);
  // A bare module has one chain, and no room for this.
  if (isDefined(FEED)) forgetFormer(name, size);
  while (count >= MOST_CHAINS || (bytes + chain.size() > MOST_BYTES && count > 0)) {
    if (!evict()) break;
  }
  const kept = takeChunk(size);
  memory.copy(kept, name, size);
  let i = hash & (SLOTS - 1);
  while (cachedAt(i).chain) i = (i + 1) & (SLOTS - 1);
  const cached = cachedAt(i);
  cached.hash = hash;
  cached.name = kept;
  cached.nameSize = size;
  cached.chain = changetype<usize>(chain);
  count++;
  bytes += chain.size();
  return cached.chain;
}

/**
 * Forgets the chains that this route had before: their names differ only behind the `@`. Routes that share that part of
 * their names, as those of one path that headers tell apart, keep theirs while they are in use.
 */
function forgetFormer(name: usize, size: usize): void {
  let stem = size;
  while (stem && load<u8>(name + stem - 1) != 0x40) stem--;
  for (let i: u32 = 0; stem && i < SLOTS; i++) {
    const cached = cachedAt(i);
    if (cached.nameSize != size || !same(cached.name, name, stem)) continue;
    if (uses - changetype<Chain>(cached.chain).lastUse > LEFT_AFTER) forgetChain(i--);
  }
}

/** Forgets the chain that was used longest ago; its memory goes with its last stream. */
function evict(): bool {
  let oldest: u32 = u32.MAX_VALUE;
  let age: u32 = 0;
  for (let i: u32 = 0; i < SLOTS; i++) {
    const cached = cachedAt(i);
    if (!cached.chain) continue;
    const unused = uses - changetype<Chain>(cached.chain).lastUse;
    if (oldest == u32.MAX_VALUE || unused > age) {
      oldest = i;
      age = unused;
    }
  }
  if (oldest == u32.MAX_VALUE) return false;
  forgetChain(oldest);
  return true;
}

/** Takes the chain at one place out of the cache. */
export function forgetChain(i: u32): void {
  const gone = cachedAt(i);
  bytes -= changetype<Chain>(gone.chain).size();
  count--;
  returnChunk(gone.name);
  letGo(gone.chain);
  close(i);
}

/** Closes the hole at `hole` so that searches still find what was placed behind it. */
function close(hole: u32): void {
  let i = hole;
  for (;;) {
    i = (i + 1) & (SLOTS - 1);
    const cached = cachedAt(i);
    if (!cached.chain) break;
    const distance = (i - cached.hash) & (SLOTS - 1);
    if (distance >= ((i - hole) & (SLOTS - 1))) {
      memory.copy(table + <usize>hole * ENTRY, table + <usize>i * ENTRY, ENTRY);
      hole = i;
    }
  }
  memory.fill(table + <usize>hole * ENTRY, 0, ENTRY);
}
