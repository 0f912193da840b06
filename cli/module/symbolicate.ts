/** Offsets of a module, as backtraces have them, back to lines of TypeScript. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { readMappings, type Mapping, type SourceMap } from "../build/source-map.ts";
import { UserError } from "../../controller/errors.ts";

/** Finds the line of an offset: `file:line:column`, or null. */
export function locator(map: SourceMap): (offset: number) => string | null {
  const mappings = readMappings(map);
  return (offset) => {
    let low = 0;
    let high = mappings.length - 1;
    if (high < 0 || offset < (mappings[0] as Mapping).offset) return null;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((mappings[middle] as Mapping).offset <= offset) low = middle;
      else high = middle - 1;
    }
    const { source, line, column } = mappings[low] as Mapping;
    return `${map.sources[source]}:${line + 1}:${column + 1}`;
  };
}

function readMap(text: string, file: string): SourceMap {
  try {
    return JSON.parse(text) as SourceMap;
  } catch {
    throw new UserError(`${file}: expected a source map, which is JSON`);
  }
}

/** Adds the source line behind each `0x…` of a wasm backtrace. */
export async function* symbolicateLog(mapFile: string, logFile?: string): AsyncGenerator<string> {
  const find = locator(readMap(await readFile(mapFile, "utf8"), mapFile));
  const input = logFile ? createReadStream(logFile) : process.stdin;
  for await (const line of createInterface({ input })) {
    yield line.replace(
      /(wasm[^\n]*?:|^\s*\d+:\s*)0x([0-9a-f]+)/g,
      (whole, _before: string, hex: string) => {
        const found = find(Number.parseInt(hex, 16));
        return found ? `${whole} (${found})` : whole;
      },
    );
  }
}
