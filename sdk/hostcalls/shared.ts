/**
 * Data that all workers of a gateway share, by key. Values are bytes; a write names the version that it
 * replaces, so that two workers do not overwrite each other. Nothing can be deleted: keys must be
 * bounded, and what wants many of them uses a table of slots.
 */
import { Status } from "../abi";
import { proxy_get_shared_data, proxy_set_shared_data } from "../env";

const out: usize = memory.data(12);

/** Version and length of what `readShared` found last. */
export let sharedVersion: u32 = 0;
export let sharedSize: usize = 0;

/** Address of the value, 0 if there is none; `sharedVersion` is what a write has to replace. */
export function readShared(key: usize, keySize: usize): usize {
  const status = proxy_get_shared_data(key, keySize, out, out + 4, out + 8);
  sharedVersion = status == Status.Ok ? load<u32>(out, 8) : 0;
  sharedSize = status == Status.Ok ? load<usize>(out, 4) : 0;
  return sharedSize ? load<usize>(out) : 0;
}

/** False if another worker wrote meanwhile. Version 0 writes whatever is there. */
export function writeShared(
  key: usize,
  keySize: usize,
  value: usize,
  size: usize,
  version: u32,
): bool {
  return proxy_set_shared_data(key, keySize, value, size, version) == Status.Ok;
}
