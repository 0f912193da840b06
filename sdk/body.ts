/** A whole body, held by the host until every policy of the chain has seen it; or a piece of one. */
import { BufferType } from "./abi";
import { stream } from "./engine/live";
import { Fact } from "./engine/stream";
import { appendBuffer, bufferBytes, bufferSize, replaceBuffer } from "./hostcalls/body";
import { HeaderMap } from "./hostcalls/headers";
import { decimal, decode, encode, written } from "./hostcalls/text";

export class Body {
  constructor(
    private buffer: BufferType,
    private headers: HeaderMap,
  ) {}

  /** Bytes. */
  get length(): i32 {
    return bufferSize(this.buffer);
  }

  bytes(): Uint8Array {
    return bufferBytes(this.buffer);
  }

  /** The body as text; what is not UTF-8 becomes U+FFFD. */
  text(): string {
    const bytes = this.bytes();
    return decode(bytes.dataStart, bytes.byteLength);
  }

  /** Puts `text` in place of the body. False if there is no body that could be replaced. */
  replace(text: string): bool {
    const at = encode(text);
    return this.put(at, written);
  }

  replaceBytes(bytes: Uint8Array): bool {
    return this.put(bytes.dataStart, bytes.byteLength);
  }

  append(text: string): bool {
    const at = encode(text);
    const size = this.length + <i32>written;
    return appendBuffer(this.buffer, at, written) && this.resized(size);
  }

  private put(at: usize, size: usize): bool {
    return replaceBuffer(this.buffer, this.length, at, size) && this.resized(<i32>size);
  }

  /** Envoy does not mend a length that a filter made wrong: the request would hang. */
  private resized(size: i32): bool {
    stream().note(
      this.buffer == BufferType.RequestBody ? Fact.RequestBodyChanged : Fact.ResponseBodyChanged,
    );
    if (this.headers.find("content-length") >= 0) {
      this.headers.set("content-length", decimal(size));
    }
    return true;
  }
}

/** One piece of a body that flows through: seen once, changed or not, then sent on. */
export class Chunk {
  /** True for the last piece, which may be empty. */
  last: bool = false;

  constructor(private buffer: BufferType) {}

  get length(): i32 {
    return bufferSize(this.buffer);
  }

  bytes(): Uint8Array {
    return bufferBytes(this.buffer);
  }

  text(): string {
    const bytes = this.bytes();
    return decode(bytes.dataStart, bytes.byteLength);
  }

  replace(text: string): bool {
    const at = encode(text);
    return replaceBuffer(this.buffer, this.length, at, written);
  }

  replaceBytes(bytes: Uint8Array): bool {
    return replaceBuffer(this.buffer, this.length, bytes.dataStart, bytes.byteLength);
  }
}
