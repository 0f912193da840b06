/**
 * Which resources are asked for together. Envoy's admin finds them by a regular expression, and refuses one of more than
 * 100 steps, of which each letter is one: a few names can be written out; of many is asked by how they begin, and what
 * more begins so comes along.
 */

export interface Question {
  /** Matches the whole of a name. */
  regex: string;
  /** What it is about. */
  names: readonly string[];
}

/** Well below 100, with the steps for what stands around the letters. */
const mostBytes = 80;
/** More than these are asked for by how they begin. */
const fewNames = 16;
/** A question takes Envoy's main thread 16 ms with 10,000 APIs whatever it finds, and as much again for so many. */
const mostAnswers = 256;

/** Questions about the doubted ones of all that an Envoy may have. */
export function questionsAbout(doubted: readonly string[], all: Iterable<string>): Question[] {
  if (doubted.length <= fewNames) {
    const isLong = (name: string) => Buffer.byteLength(name) > mostBytes;
    return [
      ...packed(doubted.filter((name) => !isLong(name))).map(exactly),
      ...doubted.filter(isLong).map((name) => beginning(name, [name])),
    ];
  }
  const sorted = [...new Set([...all, ...doubted])].sort();
  return byBeginning(sorted, new Set(doubted));
}

/** As many together as may be written out. */
function packed(names: readonly string[]): string[][] {
  const groups: string[][] = [];
  let bytes = Infinity;
  for (const name of names) {
    bytes += Buffer.byteLength(name) + 1;
    if (bytes > mostBytes + 1) {
      groups.push([]);
      bytes = Buffer.byteLength(name) + 1;
    }
    groups.at(-1)!.push(name);
  }
  return groups;
}

function byBeginning(sorted: readonly string[], doubted: ReadonlySet<string>): Question[] {
  const names = sorted.filter((name) => doubted.has(name));
  if (names.length === 0) return [];
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const common = commonLength(first, last);
  if (sorted.length <= mostAnswers || common >= mostBytes)
    return [beginning(first.slice(0, common), names)];
  const branches = new Map<string, string[]>();
  for (const name of sorted) {
    const next = name.charAt(common);
    if (!branches.get(next)?.push(name)) branches.set(next, [name]);
  }
  return [...branches.values()].flatMap((branch) => byBeginning(branch, doubted));
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

const exactly = (names: readonly string[]): Question => ({
  regex: `^(${names.map(quoted).join("|")})$`,
  names,
});

function beginning(prefix: string, names: readonly string[]): Question {
  let start = prefix;
  while (Buffer.byteLength(start) > mostBytes) start = start.slice(0, -1);
  return { regex: `^${quoted(start)}.*$`, names };
}

const quoted = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
