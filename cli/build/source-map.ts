/** Source maps of modules: generated columns are byte offsets, all on one line. */

export interface SourceMap {
  version: 3;
  sources: string[];
  sourcesContent?: string[];
  names: string[];
  mappings: string;
}

export interface Mapping {
  offset: number;
  /** `NOWHERE` for instructions that stand in no source. */
  source: number;
  line: number;
  column: number;
}

const NOWHERE = -1;

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUE = new Map([...DIGITS].map((digit, i) => [digit, i]));

export function readMappings(map: SourceMap): Mapping[] {
  const all: Mapping[] = [];
  const state = [0, 0, 0, 0];
  for (const segment of map.mappings.split(",")) {
    let field = 0;
    let value = 0;
    let shift = 0;
    for (const digit of segment) {
      const bits = VALUE.get(digit) ?? 0;
      value += (bits & 31) << shift;
      shift += 5;
      if (bits & 32) continue;
      if (field < 4)
        state[field] = (state[field] as number) + (value & 1 ? -(value >> 1) : value >> 1);
      field++;
      value = 0;
      shift = 0;
    }
    const [offset, source, line, column] = state as [number, number, number, number];
    if (field >= 4) all.push({ offset, source, line, column });
  }
  return all;
}

function digits(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const bits = rest & 31;
    rest >>>= 5;
    text += DIGITS[rest ? bits | 32 : bits];
  } while (rest);
  return text;
}

function writeMappings(mappings: readonly Mapping[]): string {
  let last: Mapping = { offset: 0, source: 0, line: 0, column: 0 };
  return mappings
    .map((one) => {
      if (one.source === NOWHERE) {
        const text = digits(one.offset - last.offset);
        last = { ...last, offset: one.offset };
        return text;
      }
      const text =
        digits(one.offset - last.offset) +
        digits(one.source - last.source) +
        digits(one.line - last.line) +
        digits(one.column - last.column);
      last = one;
      return text;
    })
    .join(",");
}

/** The same map for a module whose instructions were moved; what begins at `ends` comes from no source. */
export function moveMap(
  map: SourceMap,
  locate: (offset: number) => number,
  ends: readonly number[] = [],
): SourceMap {
  const moved = readMappings(map)
    .map((one) => ({ ...one, offset: locate(one.offset) }))
    .filter((one) => one.offset >= 0)
    .concat(ends.map((offset) => ({ offset, source: NOWHERE, line: 0, column: 0 })))
    .sort((a, b) => a.offset - b.offset);
  return { ...map, mappings: writeMappings(moved) };
}
