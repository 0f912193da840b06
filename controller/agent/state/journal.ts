/**
 * A state on disk: one whole state, then the changes to it, each sealed for its place in the file.
 *
 *     "SLJ1" · 16 random bytes that name the file · records: length (u32, little endian) · sealed text
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
const headBytes = 20;

export class Journal {
  private file: FileHandle | null = null;
  private name = "";
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

  /** Keeps a whole state in place of all that was kept. */
  async replace(state: Uint8Array): Promise<void> {
    const name = randomBytes(16);
    this.name = name.toString("hex");
    this.records = 0;
    const record = this.record(state);
    await this.close();
    await writeWhole(this.path, [magic, name, ...record]);
    this.bytes = this.wholeBytes = headBytes + sizeOf(record);
    this.file = await open(this.path, "a", 0o600);
  }

  /** Keeps a change; only after a state of this journal's own. Settles when it is on the disk. */
  async append(change: Uint8Array): Promise<void> {
    if (!this.file) throw new Error(`${this.path}: a change needs a whole state before it`);
    const record = this.record(change);
    try {
      await this.file.appendFile(Buffer.concat(record));
      await this.file.datasync();
    } catch (error) {
      // Half a record may be there: nothing may follow it.
      await this.close();
      throw error;
    }
    this.bytes += sizeOf(record);
  }

  async close(): Promise<void> {
    const file = this.file;
    this.file = null;
    await file?.close();
  }

  private record(text: Uint8Array): [Buffer, Buffer] {
    const sealed = this.seal.close(text, `${this.name} ${this.records++}`);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(sealed.length);
    return [length, sealed];
  }
}

function readRecords(bytes: Buffer, seal: Seal, path: string): Buffer[] {
  const damaged = (what: string) => new Error(`${path} is damaged: ${what}`);
  if (bytes.length < headBytes || !bytes.subarray(0, 4).equals(magic))
    throw damaged("it does not begin as a kept state does");
  const name = bytes.toString("hex", 4, headBytes);
  const records: Buffer[] = [];
  for (let at = headBytes; at < bytes.length;) {
    const start = at + 4;
    const end = start > bytes.length ? Infinity : start + bytes.readUInt32LE(at);
    const text =
      end > bytes.length
        ? null
        : seal.open(bytes.subarray(start, end), `${name} ${records.length}`);
    if (text) records.push(text);
    else if (end < bytes.length) throw damaged(`record ${records.length} cannot be opened`);
    else break;
    at = end;
  }
  if (records.length === 0) throw damaged("it holds no whole state");
  return records;
}

const sizeOf = (parts: readonly Buffer[]): number =>
  parts.reduce((sum, { length }) => sum + length, 0);
