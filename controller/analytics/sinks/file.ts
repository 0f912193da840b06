/**
 * Lines in a file that is rotated by its size: `<path>` becomes `<path>.1`, that `<path>.2`, and the last one goes. Other
 * programs may move it away too: it is opened anew when it is not there.
 */
import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import type { Sink } from "./sink.ts";

export interface FileSinkOptions {
  path: string;
  /** Never exceeded, unless one line alone is longer. */
  maxBytes: number;
  /** With the one that is written; at least 1. */
  maxFiles: number;
}

export class FileSink implements Sink {
  readonly name: string;
  private file: FileHandle | null = null;
  private size = 0;

  constructor(private readonly options: FileSinkOptions) {
    this.name = "file";
  }

  async send(lines: readonly string[]): Promise<void> {
    let piece = "";
    let bytes = 0;
    await this.reopenIfMoved();
    for (const line of lines) {
      const added = Buffer.byteLength(line) + 1;
      if (this.size + bytes + added > this.options.maxBytes && this.size + bytes > 0) {
        await this.write(piece);
        [piece, bytes] = ["", 0];
        await this.rotate();
      }
      piece += `${line}\n`;
      bytes += added;
    }
    await this.write(piece);
  }

  async close(): Promise<void> {
    const file = this.file;
    this.file = null;
    await file?.close();
  }

  private async write(text: string): Promise<void> {
    if (!text) return;
    const file = (this.file ??= await this.open());
    await file.write(text);
    this.size += Buffer.byteLength(text);
  }

  private async open(): Promise<FileHandle> {
    await mkdir(dirname(this.options.path), { recursive: true });
    const file = await open(this.options.path, "a", 0o640);
    this.size = (await file.stat()).size;
    return file;
  }

  private async reopenIfMoved(): Promise<void> {
    if (this.file) {
      const [own, there] = await Promise.all([
        this.file.stat(),
        stat(this.options.path).catch(() => null),
      ]);
      if (own.ino === there?.ino) return;
      await this.close();
    }
    this.file = await this.open();
  }

  private async rotate(): Promise<void> {
    const { path, maxFiles } = this.options;
    await this.close();
    const numbered = (n: number) => (n === 0 ? path : `${path}.${n}`);
    await rm(numbered(maxFiles - 1), { force: true });
    for (let n = maxFiles - 2; n >= 0; n--)
      await rename(numbered(n), numbered(n + 1)).catch(missingIsFine);
    this.file = await this.open();
  }
}

function missingIsFine(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
