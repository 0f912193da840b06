import { Place } from "sluice/sdk";
import { joinPath, problemOfPath } from "sluice/sdk/std/net/path";
import { PathRewrite } from "./params";
import { Replacement } from "./replacement";

/** Makes a new path of the one behind the API's context. */
export class PathChange {
  problem: string | null = null;
  private context: string;
  private operation: string;
  private replacement: Replacement | null = null;

  constructor(
    private params: PathRewrite,
    place: Place,
  ) {
    this.context = place.context;
    this.operation = place.prefix.substring(place.context.length);
    this.problem = this.check();
  }

  private check(): string | null {
    if (this.params.type == "ReplaceRegexMatch") {
      const rule = this.params.replaceRegexMatch;
      if (rule === null) return "replaceRegexMatch: is required with this type";
      const replacement = new Replacement(rule.pattern, rule.substitution);
      this.replacement = replacement;
      const why = replacement.problem;
      return why === null ? null : "replaceRegexMatch: " + why;
    }
    const field = this.params.type == "ReplaceFullPath" ? "replaceFullPath" : "replacePrefixMatch";
    const path = this.target;
    if (path === null) return field + ": is required with this type";
    const why = problemOfPath(path);
    return why === null ? null : field + ": " + why;
  }

  private get target(): string | null {
    const full = this.params.type == "ReplaceFullPath";
    return full ? this.params.replaceFullPath : this.params.replacePrefixMatch;
  }

  /** The whole new path; null if what came out cannot go upstream. */
  apply(path: string): string | null {
    const inside = path.startsWith(this.context) ? path.substring(this.context.length) : path;
    const made = this.change(inside.length ? inside : "/");
    return made === null || problemOfPath(made) !== null ? null : this.context + made;
  }

  private change(path: string): string | null {
    const replacement = this.replacement;
    if (replacement !== null) return replacement.apply(path);
    const target = this.target!;
    if (this.params.type == "ReplaceFullPath") return target;
    if (!path.startsWith(this.operation)) return path;
    return joinPath(target, path.substring(this.operation.length));
  }
}
