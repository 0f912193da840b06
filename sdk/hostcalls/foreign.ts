/** Functions of this Envoy beyond the ABI, called by name with protobuf arguments. */
import { Status } from "../abi";
import { proxy_call_foreign_function } from "../env";
import { encode, written } from "./text";

const out: usize = memory.data(8);

export let resultSize: usize = 0;

/** Address of the result, 0 if the function failed or is not there; `resultSize` is its length. */
export function callForeign(name: string, argument: usize, size: usize): usize {
  const at = encode(name);
  if (proxy_call_foreign_function(at, written, argument, size, out, out + 4) != Status.Ok) return 0;
  resultSize = load<usize>(out, 4);
  return load<usize>(out);
}

/** Writes protobuf fields one after the other. */
export class Message {
  private at: usize;
  private end: usize;
  size: usize = 0;

  constructor(room: usize) {
    this.at = __alloc(room);
    this.end = this.at + room;
  }

  get start(): usize {
    return this.at;
  }

  /** A field of text or bytes; one that is empty is left out, as protobuf does. */
  bytes(field: u8, from: usize, size: usize): Message {
    if (!size) return this;
    assert(this.at + this.size + size + 6 <= this.end, "message too large");
    this.byte((field << 3) | 2);
    let rest = size;
    while (rest > 0x7f) {
      this.byte(<u8>(rest | 0x80));
      rest >>= 7;
    }
    this.byte(<u8>rest);
    memory.copy(this.at + this.size, from, size);
    this.size += size;
    return this;
  }

  number(field: u8, value: u8): Message {
    if (!value) return this;
    assert(this.at + this.size + 2 <= this.end, "message too large");
    this.byte(field << 3);
    this.byte(value);
    return this;
  }

  private byte(value: u8): void {
    store<u8>(this.at + this.size, value);
    this.size++;
  }
}
