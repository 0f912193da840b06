import { Regex } from "sluice/sdk/std/regex/regex";

/** A pattern with what takes the place of its matches. */
export class Replacement {
  /** What is wrong with it, null if nothing is. */
  readonly problem: string | null;
  private regex: Regex | null;

  constructor(
    pattern: string,
    private substitution: string,
  ) {
    this.regex = Regex.compile(pattern, "i");
    if (this.regex !== null) this.problem = this.regex!.problemOfReplacement(substitution);
    else this.problem = Regex.problem(pattern, "i");
  }

  /** Null if the pattern looks too far ahead for this text. */
  apply(text: string): string | null {
    return this.regex!.replaceAll(text, this.substitution);
  }
}
