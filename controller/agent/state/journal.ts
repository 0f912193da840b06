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
import { open, readFile, type FileHandle } from "node:fs/promises";
import type { Seal } from "./seal.ts";
import { writeWhole } from "./whole-file.ts";

const magic = Buffer.from("SLJ1");
const headBytes = 24;

export class Journal {
  private file: FileHandle | null = null;
  private place = "";
  private records = 0;
  /** How large the file is, and how large it was when it was whole. */
  private bytes = 0;
  private wholeBytes = 0;

  constructor(
    private readonly path: string,
    private readonly seal: Seal,
  ) {}

  /** What was kept: a whole state and the changes after it. Null without a file; throws when it is damaged. */
  async read(): Promise<Buffer[] | null> {
    const bytes = await readFile(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    return bytes && readRecords(bytes, this.seal, this.path);
  }

  /** Whether the changes have become longer than what they change. */
  get isLong(): boolean {
    return this.bytes - this.wholeBytes > Math.max(this.wholeBytes, 1_048_576);
  }

  /** Keeps a whole state, of one or more parts, in place of all that was kept. */
  async replace(parts: readonly Uint8Array[]): Promise<void> {
    const head = Buffer.concat([magic, randomBytes(16), Buffer.alloc(4)]);
    head.writeUInt32LE(parts.length, 20);
    this.place = placeOf(head);
    this.records = 0;
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
    const sealed = this.seal.close(text, `${this.place} ${this.records++}`);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(sealed.length);
    this.bytes += length.length + sealed.length;
    return Buffer.concat([length, sealed]);
  }
}

function readRecords(bytes: Buffer, seal: Seal, path: string): Buffer[] {
  const damaged = (what: string) => new Error(`${path} is damaged: ${what}`);
  if (bytes.length < headBytes || !bytes.subarray(0, 4).equals(magic))
    throw damaged("it does not begin as a kept state does");
  const place = placeOf(bytes);
  const records: Buffer[] = [];
  for (let at = headBytes; at < bytes.length;) {
    const start = at + 4;
    const end = start > bytes.length ? Infinity : start + bytes.readUInt32LE(at);
    const text =
      end > bytes.length
        ? null
        : seal.open(bytes.subarray(start, end), `${place} ${records.length}`);
    if (text) records.push(text);
    else if (end < bytes.length) throw damaged(`record ${records.length} cannot be opened`);
    else break;
    at = end;
  }
  if (records.length < bytes.readUInt32LE(20)) throw damaged("its whole state is not whole");
  return records;
}

/** The name of the file and the size of its whole state: both are bound to every record. */
const placeOf = (head: Buffer): string => head.toString("hex", 4, headBytes);
