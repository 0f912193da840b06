/**
 * The host's property tree: `xds.route_name`, `connection.mtls` and the like. Paths are written with
 * dots; `\.` is a dot within a part. A read costs 0.7 microseconds when found, 0.1 when not.
 */
import { Status } from "../abi";
import { proxy_get_property, proxy_set_property } from "../env";
import { decode, encode, written } from "./text";

const out: usize = memory.data(8);

/** Length of what `property` found last. */
export let propertySize: usize = 0;

/** Address of the property's bytes, 0 if there is none. `path` has NUL between its parts. */
export function rawProperty(path: usize, size: usize): usize {
  if (proxy_get_property(path, size, out, out + 4) != Status.Ok) return 0;
  propertySize = load<usize>(out, 4);
  return load<usize>(out);
}

function find(path: string): usize {
  const at = encode(path);
  let size = written;
  let to = at;
  for (let i: usize = 0; i < size; i++) {
    let byte = load<u8>(at + i);
    if (byte == 0x5c && i + 1 < size) byte = load<u8>(at + ++i);
    else if (byte == 0x2e) byte = 0;
    store<u8>(to++, byte);
  }
  return rawProperty(at, to - at);
}

export function textProperty(path: string): string | null {
  const at = find(path);
  return at ? decode(at, propertySize) : null;
}

/** An integer or time of the tree (8 bytes), or `missing`. */
export function integerProperty(path: string, missing: i64): i64 {
  const at = find(path);
  return at && propertySize == 8 ? load<i64>(at) : missing;
}

export function boolProperty(path: string): bool {
  const at = find(path);
  return at != 0 && propertySize > 0 && load<u8>(at) != 0;
}

/** Sets a property of the filter state; others of this filter chain read it by the same path. */
export function setProperty(path: string, value: string): bool {
  const at = encode(path);
  const size = written;
  for (let i: usize = 0; i < size; i++) if (load<u8>(at + i) == 0x2e) store<u8>(at + i, 0);
  const bytes = encode(value);
  return proxy_set_property(at, size, bytes, written) == Status.Ok;
}
