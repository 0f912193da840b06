/**
 * A state on disk: one whole state, then the changes to it, each sealed for its place in the file.
 *
 *     "SLJ1" · 16 random bytes that name the file · how many records are the whole state (u32, little endian)
 *     records: length (u32, little endian) · sealed text
 *
 * A record counts when it is whole. One that was cut while it was written can only be the last, and is dropped: nobody was
 * told that it is kept. A broken one before the last is damage, and then nothing of the file counts: a state without its
 * newest changes could let a revoked key in. A new whole state replaces the file in one step.
 */
import { randomBytes } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import type { Seal } from "./seal.ts";
import { writeWhole } from "./whole-file.ts";

const magic = Buffer.from("SLJ1");
const headBytes = 24;

export class Journal {
  private file: FileHandle | null = null;
  private place = "";
  private written = 0;
  /** How large the file is, and how large it was when it was whole. */
  private bytes = 0;
  private wholeBytes = 0;

  constructor(
    private readonly path: string,
    private readonly seal: Seal,
  ) {}

  /** What was kept: a whole state and the changes after it, none without a file. Throws, in the end too, when it is damaged. */
  async *records(): AsyncGenerator<Buffer> {
    const file = await open(this.path, "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (!file) return;
    try {
      yield* readRecords(file, this.seal, this.path);
    } finally {
      await file.close();
    }
  }

  /** Whether the changes have become longer than what they change. */
  get isLong(): boolean {
    return this.bytes - this.wholeBytes > Math.max(this.wholeBytes, 1_048_576);
  }

  /** Keeps a whole state, of so many parts, in place of all that was kept. */
  async replace(count: number, parts: Iterable<Uint8Array>): Promise<void> {
    const head = Buffer.concat([magic, randomBytes(16), Buffer.alloc(4)]);
    head.writeUInt32LE(count, 20);
    this.place = placeOf(head);
    this.written = 0;
    await this.close();
    this.bytes = head.length;
    const journal = this;
    await writeWhole(
      this.path,
      (function* () {
        yield head;
        for (const part of parts) yield journal.record(part);
      })(),
    );
    this.wholeBytes = this.bytes;
    this.file = await open(this.path, "a", 0o600);
  }

  /** Keeps a change; only after a state of this journal's own. Settles when it is on the disk. */
  async append(change: Uint8Array): Promise<void> {
    if (!this.file) throw new Error(`${this.path}: a change needs a whole state before it`);
    try {
      await this.file.appendFile(this.record(change));
      await this.file.datasync();
    } catch (error) {
      // Half a record may be there: nothing may follow it.
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.file;
    this.file = null;
    await file?.close();
  }

  private record(text: Uint8Array): Buffer {
    const sealed = this.seal.close(text, `${this.place} ${this.written++}`);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(sealed.length);
    this.bytes += length.length + sealed.length;
    return Buffer.concat([length, sealed]);
  }
}

async function* readRecords(file: FileHandle, seal: Seal, path: string): AsyncGenerator<Buffer> {
  const damaged = (what: string) => new Error(`${path} is damaged: ${what}`);
  const { size } = await file.stat();
  const at = (from: number, length: number) =>
    file.read(Buffer.alloc(length), 0, length, from).then(({ buffer }) => buffer);
  const head = size < headBytes ? null : await at(0, headBytes);
  if (!head?.subarray(0, 4).equals(magic)) throw damaged("it does not begin as a kept state does");
  const place = placeOf(head);
  let count = 0;
  for (let start = headBytes + 4; start <= size; count++) {
    const end = start + (await at(start - 4, 4)).readUInt32LE(0);
    const text = end > size ? null : seal.open(await at(start, end - start), `${place} ${count}`);
    if (text) yield text;
    else if (end < size) throw damaged(`record ${count} cannot be opened`);
    else break;
    start = end + 4;
  }
  if (count < head.readUInt32LE(20)) throw damaged("its whole state is not whole");
}

/** The name of the file and the size of its whole state: both are bound to every record. */
const placeOf = (head: Buffer): string => head.toString("hex", 4, headBytes);
