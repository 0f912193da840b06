/**
 * From an offset in a module to the AssemblyScript line it came from. The maps have one generated line, whose columns
 * are byte offsets of the final module.
 */
export interface SourcePlace {
  source: string;
  line: number;
  column: number;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export class SourceMap {
  readonly #sources: string[];
  readonly #mappings: string;
  /** Offset, source, line and column of each segment, in order of offset; decoded when first asked. */
  #segments: Int32Array | undefined;

  constructor(json: string) {
    const map = JSON.parse(json) as { sources: string[]; mappings: string };
    this.#sources = map.sources;
    this.#mappings = map.mappings;
  }

  locate(offset: number): SourcePlace | null {
    const segments = (this.#segments ??= decode(this.#mappings));
    let low = 0;
    let high = segments.length / 4 - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (segments[4 * middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    if (segments.length === 0 || segments[4 * low]! > offset) return null;
    const source = this.#sources[segments[4 * low + 1]!];
    if (source === undefined) return null;
    return { source, line: segments[4 * low + 2]! + 1, column: segments[4 * low + 3]! + 1 };
  }

  /** The innermost line of a stack trace that is a policy's own, not its compiler's or the SDK's. */
  policyPlace(stack: string): SourcePlace | null {
    for (const [, offset] of stack.matchAll(/wasm-function\[\d+\]:(0x[0-9a-f]+)/gi)) {
      const place = this.locate(Number(offset));
      if (place && /^(\.\/)?policies\//.test(place.source)) return place;
    }
    return null;
  }

  /** Puts the source line behind each wasm offset of a stack trace or a log line. */
  annotate(text: string): string {
    return text.replace(
      /(wasm-function\[\d+\]:|\b@ ?|\b)(0x[0-9a-f]+)/gi,
      (whole, _, hex: string) => {
        const place = this.locate(Number(hex));
        return place ? `${whole} (${place.source}:${place.line}:${place.column})` : whole;
      },
    );
  }
}

function decode(mappings: string): Int32Array {
  const segments: number[] = [];
  const now = [0, 0, 0, 0];
  for (const segment of mappings.split(/[,;]/)) {
    if (segment === "") continue;
    const deltas = vlq(segment);
    deltas.slice(0, 4).forEach((delta, i) => (now[i] = now[i]! + delta));
    if (deltas.length >= 4) segments.push(...now);
    // Code that comes from no source.
    else segments.push(now[0]!, -1, 0, 0);
  }
  return Int32Array.from(segments);
}

function vlq(segment: string): number[] {
  const values: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = digits.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    values.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return values;
}
