import { Regex } from "sluice/sdk/std/regex/regex";
import { Condition } from "./params";

/** Whether a header or a query parameter is as it must be. */
export class Test {
  problem: string | null = null;
  private regex: Regex | null = null;

  constructor(private condition: Condition) {
    if (condition.type == "Regex") {
      this.regex = Regex.compile(condition.value, "i");
      if (this.regex === null) this.problem = Regex.problem(condition.value, "i");
    }
  }

  get name(): string {
    return this.condition.name;
  }

  holds(value: string | null): bool {
    if (value === null) return false;
    if (this.condition.type == "Present") return true;
    const regex = this.regex;
    return regex !== null ? regex.test(value) : value == this.condition.value;
  }
}
