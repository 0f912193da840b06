/** Bytes on their way through the filters: grown at both ends, never edited in the middle. */
const nothing = new Uint8Array(0);

export class Body {
  #parts: Uint8Array[] = [];
  length = 0;

  static of(bytes: Uint8Array): Body {
    const body = new Body();
    body.append(bytes);
    return body;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  prepend(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.unshift(bytes);
    this.length += bytes.length;
  }

  /** Drops bytes at the start; more than there are is all of them. */
  drain(count: number): void {
    const rest = count >= this.length ? nothing : this.bytes().subarray(count);
    this.#parts = rest.length ? [rest] : [];
    this.length = rest.length;
  }

  /** Takes all bytes out of another body. */
  move(from: Body): void {
    for (const part of from.#parts) this.append(part);
    from.drain(from.length);
  }

  bytes(): Uint8Array {
    if (this.#parts.length === 0) return nothing;
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0]!;
  }
}
