import { Query } from "sluice/sdk/std/net/query";
import { Rule } from "./params";
import { Replacement } from "./replacement";

/** One change of a query. */
export class QueryChange {
  problem: string | null = null;
  private replacement: Replacement | null = null;

  constructor(private rule: Rule) {
    if (rule.action == "ReplaceRegexMatch") {
      const replacement = new Replacement(rule.pattern, rule.substitution);
      this.problem = rule.pattern.length ? replacement.problem : "pattern: is required here";
      this.replacement = replacement;
    }
  }

  /** False if the pattern looks too far ahead for a value. */
  apply(query: Query): bool {
    const name = this.rule.name;
    const value = this.rule.value;
    const replacement = this.replacement;
    if (replacement !== null) return replace(query, name, replacement);
    if (this.rule.action == "Replace") query.set(name, value);
    else if (this.rule.action == "Remove") query.remove(name);
    else if (this.rule.action == "Add" || !query.has(name)) query.add(name, value);
    else append(query, name, this.rule.separator + value);
    return true;
  }
}

function replace(query: Query, name: string, replacement: Replacement): bool {
  for (let i = 0; i < query.length; i++) {
    if (query.nameAt(i) != name) continue;
    const changed = replacement.apply(query.valueAt(i));
    if (changed === null) return false;
    if (changed != query.valueAt(i)) query.setAt(i, changed);
  }
  return true;
}

/** Behind the first value of this name. */
function append(query: Query, name: string, text: string): void {
  let i = 0;
  while (query.nameAt(i) != name) i++;
  query.setAt(i, query.valueAt(i) + text);
}
