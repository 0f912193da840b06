/**
 * The compiler's errors in the words of someone who knows TypeScript: file, line, the line itself, and
 * what to write instead where AssemblyScript lacks what was used.
 */
export interface Diagnostic {
  message: string;
  code: number;
  /** 3 is an error. */
  category: number;
  range: { start: number; end: number; source: { normalizedPath: string } | null } | null;
}

type Read = (name: string) => Promise<string | null>;

export async function explain(
  diagnostics: readonly Diagnostic[],
  readSource: Read,
  locate: (name: string) => string | null,
): Promise<string> {
  const texts = new Set<string>();
  for (const { message, code, range } of diagnostics) {
    const path = range?.source?.normalizedPath;
    if (!range || !path) {
      texts.add(`AS${code}: ${message}`);
      continue;
    }
    const text = (await readSource(path)) ?? "";
    const before = text.slice(0, range.start);
    const line = before.split("\n").length;
    const column = range.start - before.lastIndexOf("\n");
    const source = text.split("\n")[line - 1] ?? "";
    const width = Math.max(1, Math.min(range.end - range.start, source.length - column + 1));
    const hint = instead(message, source.slice(column - 1), source);
    texts.add(
      `${locate(path) ?? path}:${line}:${column}: ${message} (AS${code})\n` +
        `    ${source}\n    ${" ".repeat(column - 1)}${"^".repeat(width)}` +
        (hint ? `\n    ${hint}` : ""),
    );
    if (texts.size === 20) break;
  }
  return [...texts].join("\n");
}

/** What to write instead, by what stands in the line where the compiler stopped. */
function instead(message: string, from: string, line: string): string | undefined {
  for (const [pattern, hint] of hints)
    if (pattern.test(`${message}\n${from}\n${line}`)) return hint;
  return undefined;
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/\?\?/, "AssemblyScript has no `??`: write `a !== null ? a : b`."],
  [/\?\./, "AssemblyScript has no `?.`: check for null first, `if (a !== null) a.b`."],
  [
    /\btry\b|\bcatch\b/,
    "AssemblyScript has no exceptions: functions of the SDK return null or an error value.",
  ],
  [
    /for \((const|let|var) \w+ of\b/,
    "AssemblyScript has no `for…of`: write `for (let i = 0; i < list.length; i++)`.",
  ],
  [/for \((const|let|var) \w+ in\b/, "AssemblyScript has no `for…in`: a Map has `keys()`."],
  [
    /\basync\b|\bawait\b/,
    "There is no async here: return `request.call(…)` and take the answer in `onRequestAnswer`.",
  ],
  [
    /Closures? (is|are)|not implemented: Closures/i,
    "AssemblyScript has no closures: keep what the function needs in a field, or pass it.",
  ],
  [
    /=\s*\/.*\//,
    "AssemblyScript has no regular expression literals: use `Regex` from the SDK in `configure`.",
  ],
  [
    /Union types|\|\s*(string|number|undefined)/,
    "AssemblyScript has no union types but `T | null` for objects.",
  ],
  [/\bany\b/, "AssemblyScript has no `any`: every value has one type."],
  [/\.\.\./, "AssemblyScript has no spread: push the items one by one."],
  [/(const|let) [[{]/, "AssemblyScript has no destructuring: name each field."],
  [/\bundefined\b/, "AssemblyScript has no `undefined`: absent is `null`."],
  [/#\w+/, "AssemblyScript has no `#private`: write `private`."],
];
