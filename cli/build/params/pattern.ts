/**
 * A schema's `pattern` as AssemblyScript that needs no regular expression engine in the module. Takes
 * what patterns of parameters look like: `^`, classes, literals, groups with `|`, `* + ? {n,m}`, `$`.
 * Compiles to a deterministic automaton over character ranges, written out as a switch.
 */
import { Nfa, type Fragment, type Range } from "./automaton.ts";

export function matcher(pattern: string, name: string): string | { problem: string } {
  try {
    const parsed = new Parser(pattern).parse();
    const states = parsed.determinize();
    const lines = states.map((state, i) => {
      const byTarget = new Map<number, string[]>();
      for (const { from, to, target } of state.moves) {
        const test = from === to ? `u == ${from}` : `(u >= ${from} && u <= ${to})`;
        byTarget.set(target, [...(byTarget.get(target) ?? []), test]);
      }
      const moves = [...byTarget]
        .map(([target, tests]) => {
          const go = target === i ? "" : `            s = ${target};\n`;
          return `          if (${tests.join(" || ")}) {\n${go}            continue;\n          }\n`;
        })
        .join("");
      const accepted = state.accepts && state.accepting === "early" ? "        return true;\n" : "";
      return `        case ${i}:\n${accepted}${accepted ? "" : moves + "          return false;\n"}`;
    });
    const accepting = states.flatMap((state, i) => (state.accepts ? [`s == ${i}`] : []));
    return (
      `/** ${pattern.replaceAll("*/", "* /")} */\nfunction ${name}(text: string): bool {\n  let s = 0;\n` +
      `  for (let i = 0; i < text.length; i++) {\n    const u = text.charCodeAt(i);\n    switch (s) {\n${lines.join("")}` +
      `        default:\n          return false;\n    }\n  }\n  return ${accepting.join(" || ") || "false"};\n}\n`
    );
  } catch (error) {
    if (error instanceof PatternError) return { problem: `${error.message} in ${pattern}` };
    throw error;
  }
}

class PatternError extends Error {}

const ANY: Range[] = [{ from: 0, to: 0xffff }];
const CLASSES: Record<string, Range[]> = {
  d: [{ from: 48, to: 57 }],
  w: [
    { from: 48, to: 57 },
    { from: 65, to: 90 },
    { from: 95, to: 95 },
    { from: 97, to: 122 },
  ],
  s: [
    { from: 9, to: 13 },
    { from: 32, to: 32 },
  ],
};

function complement(ranges: Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.from - b.from);
  const rest: Range[] = [];
  let next = 0;
  for (const { from, to } of sorted) {
    if (from > next) rest.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  if (next <= 0xffff) rest.push({ from: next, to: 0xffff });
  return rest;
}

/** Recursive descent over the pattern; a pattern matches anywhere unless it is anchored. */
class Parser {
  private at = 0;
  private readonly nfa = new Nfa();

  constructor(private readonly text: string) {}

  parse(): Nfa {
    const anchoredStart = this.text.startsWith("^");
    if (anchoredStart) this.at++;
    const body = this.alternatives();
    if (this.at < this.text.length) throw new PatternError(`unexpected "${this.text[this.at]}"`);
    const anchoredEnd = this.text.endsWith("$") && !this.text.endsWith("\\$");
    let whole = body;
    if (!anchoredStart)
      whole = this.nfa.sequence(this.nfa.repeat(this.nfa.set(ANY), 0, Infinity), whole);
    if (!anchoredEnd)
      whole = this.nfa.sequence(whole, this.nfa.repeat(this.nfa.set(ANY), 0, Infinity));
    this.nfa.finish(whole);
    return this.nfa;
  }

  private alternatives(): Fragment {
    let left = this.sequence();
    while (this.text[this.at] === "|") {
      this.at++;
      left = this.nfa.either(left, this.sequence());
    }
    return left;
  }

  private sequence(): Fragment {
    let whole = this.nfa.empty();
    while (this.at < this.text.length && !"|)".includes(this.text[this.at] as string)) {
      if (this.text[this.at] === "$" && this.at === this.text.length - 1) {
        this.at++;
        break;
      }
      whole = this.nfa.sequence(whole, this.repeated());
    }
    return whole;
  }

  private repeated(): Fragment {
    const start = this.at;
    const atom = this.atom();
    const end = this.at;
    const next = this.text[this.at];
    const [least, most] =
      next === "*"
        ? [0, Infinity]
        : next === "+"
          ? [1, Infinity]
          : next === "?"
            ? [0, 1]
            : this.bounds();
    if (next === "*" || next === "+" || next === "?") this.at++;
    if (least === 1 && most === 1) return atom;
    // Each repetition needs states of its own: parse the atom again for each copy.
    const again = (): Fragment => {
      const back = this.at;
      this.at = start;
      const copy = this.atom();
      this.at = back;
      return copy;
    };
    if (end < start) throw new PatternError("cannot repeat");
    return this.nfa.repeat(atom, least, most, again);
  }

  private bounds(): [number, number] {
    const found = /^\{(\d+)(,(\d*))?\}/.exec(this.text.slice(this.at));
    if (!found) return [1, 1];
    this.at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] ? Number(found[3]) : Infinity;
    if (least > 256 || (most !== Infinity && most > 256)) {
      throw new PatternError("a repetition above 256 (use minLength and maxLength)");
    }
    return [least, most];
  }

  private atom(): Fragment {
    const c = this.text[this.at++] as string;
    if (c === "(") {
      if (this.text.startsWith("?:", this.at)) this.at += 2;
      else if (this.text[this.at] === "?") throw new PatternError(`"(?${this.text[this.at + 1]}"`);
      const inner = this.alternatives();
      if (this.text[this.at++] !== ")") throw new PatternError("a group that is not closed");
      return inner;
    }
    if (c === "[") return this.nfa.set(this.set());
    if (c === ".") return this.nfa.set(complement([{ from: 10, to: 10 }]));
    if (c === "\\") return this.nfa.set(this.escape());
    if ("*+?{^$".includes(c) && c !== "{") throw new PatternError(`unexpected "${c}"`);
    const unit = c.charCodeAt(0);
    return this.nfa.set([{ from: unit, to: unit }]);
  }

  private escape(): Range[] {
    const c = this.text[this.at++];
    if (c === undefined) throw new PatternError("a lone backslash");
    const known = CLASSES[c.toLowerCase()];
    if (known) return c === c.toLowerCase() ? known : complement(known);
    const control: Record<string, number> = { n: 10, r: 13, t: 9 };
    if (/[A-Za-z0-9]/.test(c) && control[c] === undefined) throw new PatternError(`"\\${c}"`);
    const unit = control[c] ?? c.charCodeAt(0);
    return [{ from: unit, to: unit }];
  }

  private set(): Range[] {
    const ranges: Range[] = [];
    const negated = this.text[this.at] === "^";
    if (negated) this.at++;
    for (let first = true; first || this.text[this.at] !== "]"; first = false) {
      if (this.at >= this.text.length) throw new PatternError("a class that is not closed");
      const escaped = this.text[this.at] === "\\";
      const one = escaped ? (this.at++, this.escape()) : this.single();
      const isRange =
        one.length === 1 &&
        one[0]?.from === one[0]?.to &&
        this.text[this.at] === "-" &&
        this.text[this.at + 1] !== "]";
      if (isRange) {
        this.at++;
        const end = this.text[this.at] === "\\" ? (this.at++, this.escape()) : this.single();
        ranges.push({ from: (one[0] as Range).from, to: (end[0] as Range).to });
      } else {
        ranges.push(...one);
      }
    }
    this.at++;
    return negated ? complement(ranges) : ranges;
  }

  private single(): Range[] {
    const unit = this.text.charCodeAt(this.at++);
    return [{ from: unit, to: unit }];
  }
}
