/**
 * Regular expressions in RE2's syntax, matched in time linear in the text whatever the pattern.
 *
 *     const regex = Regex.compile("^/v(\\d+)/", "");       // null if the pattern is not valid,
 *     const why = Regex.problem("(?=a)", "");               // and this says why, null if it is
 *     if (regex.test(path)) …
 *
 * Compile when a policy is configured; a compiled pattern holds all memory that matching needs: about
 * 20 KiB for a usual one, 3 MiB for the largest. Flags: i ignore case, m `^` and `$` at lines, s `.` takes
 * line ends, U repetitions take as little as they can. Finds the leftmost match, preferring
 * alternatives as they are written. Refused: look-around, back references, `\p{…}`, `\C`; limits:
 * 4,096 characters, 4,000 instructions, 64 groups, repetition counts of 1,000, 50 nested groups.
 */
import { Alphabet } from "./alphabet";
import { CharSet, posixClass } from "./pattern/charset";
import { Closures } from "./closure";
import { Dfa } from "./dfa";
import { Match } from "./match";
import { Pike } from "./pike";
import { Program, assertionsOf } from "./program";
import { Rewrite } from "./rewrite";
import { Parser } from "./pattern/syntax";
import { Assertion } from "./pattern/tree";

/** Words of memory that the groups' positions may take while a pattern is matched. */
const MAX_POSITIONS = 65536;

export class Regex {
  /** Name of each group, "" for one without. */
  readonly names: Array<string>;
  private dfa: Dfa;
  private pike: Pike;

  private constructor(
    parser: Parser,
    code: StaticArray<i32>,
    alphabet: Alphabet,
    closures: Closures,
  ) {
    this.names = parser.names;
    this.dfa = new Dfa(code, alphabet, assertionsOf(code));
    this.pike = new Pike(code, alphabet, closures, parser.groups);
  }

  static compile(pattern: string, flags: string): Regex | null {
    const parser = new Parser(pattern);
    return Regex.make(parser, flags);
  }

  /** What is wrong with a pattern, and where; null if it compiles. */
  static problem(pattern: string, flags: string): string | null {
    const parser = new Parser(pattern);
    return Regex.make(parser, flags) ? null : parser.error;
  }

  private static make(parser: Parser, flags: string): Regex | null {
    const tree = parser.parse(flags);
    if (parser.error.length) return null;
    const program = new Program(tree);
    if (program.tooLarge || program.size * parser.groups * 2 > MAX_POSITIONS) {
      parser.fail("the pattern is too large, its repetitions multiply", 0);
      return null;
    }
    const code = program.words();
    const sets = parser.sets;
    const assertions = assertionsOf(code);
    if (assertions & (Assertion.Boundary | Assertion.NoBoundary)) sets.push(posixClass("word")!);
    if (assertions & ~(Assertion.TextStart | Assertion.TextEnd)) {
      const lineEnd = new CharSet();
      lineEnd.add(10, 10);
      sets.push(lineEnd);
    }
    const alphabet = new Alphabet(sets);
    if (!alphabet.size) {
      parser.fail("the pattern has too many classes of characters", 0);
      return null;
    }
    const closures = new Closures(code);
    if (!closures.words.length) {
      parser.fail("the pattern repeats too much that can be empty", 0);
      return null;
    }
    return new Regex(parser, code, alphabet, closures);
  }

  get groups(): i32 {
    return this.names.length;
  }

  /** True if the pattern matches somewhere in `text`. */
  test(text: string): bool {
    const p = changetype<usize>(text);
    return this.dfa.matches(p, p + ((<usize>text.length) << 1), true);
  }

  /** The same for UTF-8; a byte that is not valid counts as U+FFFD. */
  testBytes(bytes: Uint8Array): bool {
    const p = bytes.dataStart;
    return this.dfa.matches(p, p + <usize>bytes.byteLength, false);
  }

  /** The leftmost match and its groups. */
  match(text: string): Match | null {
    const p = changetype<usize>(text);
    const end = p + ((<usize>text.length) << 1);
    const begin = this.dfa.begin(p, p, end, true);
    if (!begin) return null;
    return this.pike.run(p, begin, end, true) ? new Match(text, this.pike.found, this.names) : null;
  }

  /**
   * `text` with each match replaced: `\0` stands for the match, `\1`…`\9` for a group, `\\` for a
   * backslash. Some patterns look far ahead for each match; null if that took 32 times the text.
   */
  replaceAll(text: string, replacement: string): string | null {
    const start = changetype<usize>(text);
    const end = start + ((<usize>text.length) << 1);
    let begin = this.dfa.begin(start, start, end, true);
    if (!begin) return text;
    const pike = this.pike;
    const most = (<i64>text.length + 32) * 32;
    const rewrite = new Rewrite(text);
    pike.steps = 0;
    let copied = 0;
    while (begin && pike.run(start, begin, end, true)) {
      if (pike.steps > most) return null;
      const first = pike.found[0] >> 1;
      const last = pike.found[1] >> 1;
      rewrite.copy(text, copied, first);
      rewrite.substitute(replacement, pike.found);
      copied = last;
      let from = start + ((<usize>last) << 1);
      // After an empty match the next one starts a character later.
      if (first == last) from += from < end && text.codePointAt(last) > 0xffff ? 4 : 2;
      begin = from <= end ? this.dfa.begin(start, from, end, true) : 0;
    }
    rewrite.copy(text, copied, text.length);
    return rewrite.text();
  }

  /** What is wrong with a replacement for this pattern, null if nothing is. */
  problemOfReplacement(replacement: string): string | null {
    for (let i = 0; i < replacement.length; i++) {
      if (replacement.charCodeAt(i) != 0x5c) continue;
      const c = ++i < replacement.length ? replacement.charCodeAt(i) : -1;
      if (c == 0x5c) continue;
      if (c < 0x30 || c > 0x39) return "a backslash is followed by neither a digit nor a backslash";
      if (c - 0x30 >= this.groups) return "there is no group \\" + String.fromCharCode(c);
    }
    return null;
  }
}
