/** A small nondeterministic automaton over UTF-16 units and its deterministic form. */

export interface Range {
  from: number;
  to: number;
}

interface State {
  empty: number[];
  moves: { ranges: Range[]; target: number }[];
}

export interface Fragment {
  start: number;
  end: number;
}

export interface Deterministic {
  accepts: boolean;
  /** `early`: whatever follows, the text matches. */
  accepting: "early" | "end";
  moves: { from: number; to: number; target: number }[];
}

/** More states than this would be code of no use; the pattern is refused. */
const MOST_STATES = 600;

export class Nfa {
  private readonly states: State[] = [];
  private start = 0;
  private end = 0;

  private state(): number {
    return this.states.push({ empty: [], moves: [] }) - 1;
  }

  private link(from: number, to: number): void {
    this.states[from]?.empty.push(to);
  }

  empty(): Fragment {
    const at = this.state();
    return { start: at, end: at };
  }

  set(ranges: Range[]): Fragment {
    const start = this.state();
    const end = this.state();
    this.states[start]?.moves.push({ ranges, target: end });
    return { start, end };
  }

  sequence(a: Fragment, b: Fragment): Fragment {
    this.link(a.end, b.start);
    return { start: a.start, end: b.end };
  }

  either(a: Fragment, b: Fragment): Fragment {
    const start = this.state();
    const end = this.state();
    for (const one of [a, b]) {
      this.link(start, one.start);
      this.link(one.end, end);
    }
    return { start, end };
  }

  /** `one` at least `least` and at most `most` times; `again` makes a fresh copy of it. */
  repeat(one: Fragment, least: number, most: number, again?: () => Fragment): Fragment {
    const copies = most === Infinity ? Math.max(least, 1) : most;
    let whole = this.empty();
    for (let i = 0; i < copies; i++) {
      const part = i === 0 || !again ? one : again();
      const before = whole.end;
      whole = this.sequence(whole, part);
      const end = this.state();
      this.link(whole.end, end);
      if (i >= least) this.link(before, end);
      if (most === Infinity && i === copies - 1) this.link(part.end, part.start);
      whole = { start: whole.start, end };
    }
    return whole;
  }

  finish(whole: Fragment): void {
    this.start = whole.start;
    this.end = whole.end;
  }

  private closure(from: Iterable<number>): number[] {
    const seen = new Set(from);
    const open = [...seen];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const next of this.states[at]?.empty ?? []) {
        if (!seen.has(next)) {
          seen.add(next);
          open.push(next);
        }
      }
    }
    return [...seen].sort((a, b) => a - b);
  }

  determinize(): Deterministic[] {
    const index = new Map<string, number>();
    const sets: number[][] = [];
    const out: Deterministic[] = [];
    const add = (set: number[]): number => {
      const key = set.join(",");
      const known = index.get(key);
      if (known !== undefined) return known;
      index.set(key, sets.length);
      return sets.push(set) - 1;
    };
    add(this.closure([this.start]));
    for (let i = 0; i < sets.length; i++) {
      if (i > MOST_STATES) throw new Error(`pattern needs more than ${MOST_STATES} states`);
      const set = sets[i] as number[];
      const moves = set.flatMap((at) => this.states[at]?.moves ?? []);
      const cuts = new Set<number>();
      for (const { ranges } of moves) {
        for (const { from, to } of ranges) {
          cuts.add(from);
          cuts.add(to + 1);
        }
      }
      const edges = [...cuts].sort((a, b) => a - b);
      const result: Deterministic["moves"] = [];
      for (let e = 0; e + 1 < edges.length; e++) {
        const from = edges[e] as number;
        const to = (edges[e + 1] as number) - 1;
        const targets = moves.flatMap(({ ranges, target }) =>
          ranges.some((range) => range.from <= from && to <= range.to) ? [target] : [],
        );
        if (!targets.length) continue;
        const target = add(this.closure(targets));
        const last = result.at(-1);
        if (last && last.target === target && last.to === from - 1) last.to = to;
        else result.push({ from, to, target });
      }
      const only = result.length === 1 ? result[0] : undefined;
      const loops = only?.from === 0 && only.to === 0xffff && only.target === i;
      const accepts = set.includes(this.end);
      out.push({ accepts, accepting: accepts && loops ? "early" : "end", moves: result });
    }
    return out;
  }
}
