/** A part of a key that says which requests are counted: those whose value a pattern is found in. */
import { Request } from "../../request";
import { Regex } from "../../std/regex/regex";
import { KeyPart } from "./key";

export class MatchPart extends KeyPart {
  constructor(
    private part: KeyPart,
    private pattern: Regex,
  ) {
    super();
  }

  get fixed(): bool {
    return this.part.fixed;
  }

  of(request: Request): string {
    return this.part.of(request);
  }

  counts(value: string): bool {
    return this.pattern.test(value);
  }
}
