/**
 * What a wasm file says about itself, read from its sections without compiling it: imports, exports, a start function,
 * the memory's bounds and the custom sections.
 */
export interface WasmSections {
  imports: { module: string; name: string; kind: ExternKind }[];
  exports: { name: string; kind: ExternKind }[];
  hasStart: boolean;
  /** In pages of 64 KiB; null when the module has no memory of its own. */
  memory: { minimum: number; maximum: number | null } | null;
  custom: Map<string, Uint8Array>;
}

const externKinds = ["function", "table", "memory", "global", "tag"] as const;
export type ExternKind = (typeof externKinds)[number];

/** Throws when the bytes are not a well-formed sequence of sections. */
export function readSections(bytes: Uint8Array): WasmSections {
  const reader = new Reader(bytes);
  if (reader.u32le() !== 0x6d736100)
    throw new Error("not a wasm file: the magic number is missing");
  const version = reader.u32le();
  if (version !== 1) throw new Error(`expected wasm version 1, found ${version}`);
  const found: WasmSections = {
    imports: [],
    exports: [],
    hasStart: false,
    memory: null,
    custom: new Map(),
  };
  while (!reader.atEnd) {
    const id = reader.byte();
    readSection(id, new Reader(reader.take(reader.leb())), found);
  }
  return found;
}

function readSection(id: number, section: Reader, found: WasmSections): void {
  if (id === 0) found.custom.set(section.text(), section.rest());
  else if (id === 2)
    section.repeat(() => {
      const [module, name] = [section.text(), section.text()];
      const kind = section.kind();
      skipImportType(kind, section);
      found.imports.push({ module, name, kind });
    });
  else if (id === 5)
    section.repeat(() => {
      found.memory = section.limits();
    });
  else if (id === 7)
    section.repeat(() => {
      const [name, kind] = [section.text(), section.kind()];
      section.leb();
      found.exports.push({ name, kind });
    });
  else if (id === 8) found.hasStart = true;
}

function skipImportType(kind: ExternKind, section: Reader): void {
  if (kind === "function") section.leb();
  else if (kind === "memory") section.limits();
  else if (kind === "global") section.take(2);
  else if (kind === "tag") (section.take(1), section.leb());
  else (section.take(1), section.limits());
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    if (this.atEnd) throw new Error("the wasm file is cut short");
    return this.bytes[this.at++]!;
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new Error("the wasm file is cut short");
    return this.bytes.subarray(this.at, (this.at += length));
  }

  rest(): Uint8Array {
    return this.take(this.bytes.length - this.at);
  }

  u32le(): number {
    const [a, b, c, d] = this.take(4);
    return (a! | (b! << 8) | (c! << 16) | (d! << 24)) >>> 0;
  }

  leb(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const next = this.byte();
      value += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) return value;
    }
    throw new Error("the wasm file holds a number that is too long");
  }

  text(): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.take(this.leb()));
  }

  kind(): ExternKind {
    const number = this.byte();
    const kind = externKinds[number];
    if (!kind) throw new Error(`the wasm file names an extern of unknown kind ${number}`);
    return kind;
  }

  limits(): { minimum: number; maximum: number | null } {
    const flags = this.byte();
    const minimum = this.leb();
    return { minimum, maximum: flags & 1 ? this.leb() : null };
  }

  repeat(item: () => void): void {
    for (let left = this.leb(); left > 0; left--) item();
  }
}
