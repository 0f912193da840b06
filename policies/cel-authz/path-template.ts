/**
 * A path with names for some of its segments: `/users/{id}/orders/*`. A segment is decoded after the path
 * was split, so that an encoded slash is part of a name; one that reads `.` or `..` then matches nothing,
 * because what is behind the gateway might walk along it.
 */
import { decodePercent } from "sluice/sdk/std/net/percent";

export class PathTemplate {
  problem: string = "";
  private segments: string[] = [];
  private open: bool = false;

  constructor(template: string) {
    if (template.length) this.read(template);
  }

  private read(template: string): void {
    const segments = template.substring(1).split("/");
    this.open = segments[segments.length - 1] == "*";
    if (this.open) segments.pop();
    const names = new Set<string>();
    for (let i = 0; i < segments.length; i++) {
      const name = nameOf(segments[i]);
      if (names.has(name)) this.problem = "{" + name + "} stands in it twice";
      if (name.length) names.add(name);
      else if (segments[i].includes("{") || segments[i].includes("*")) {
        this.problem =
          'expected whole segments such as {id}, and * at the end only, found "' +
          segments[i] +
          '"';
      }
    }
    this.segments = segments;
  }

  /** The named segments of a path; none at all if it is not as the template says. */
  match(path: string): Map<string, string> {
    const none = new Map<string, string>();
    const found = new Map<string, string>();
    const parts = path.substring(1).split("/");
    const wanted = this.segments;
    if (parts.length < wanted.length || (parts.length > wanted.length && !this.open)) return none;
    for (let i = 0; i < wanted.length; i++) {
      const name = nameOf(wanted[i]);
      const text = decodePercent(parts[i]);
      if (text === null || text == "." || text == "..") return none;
      if (name.length && text.length) found.set(name, text);
      else if (text != wanted[i]) return none;
    }
    return found;
  }
}

/** The name within braces, empty for a segment that stands for itself. */
function nameOf(segment: string): string {
  const inside = segment.length > 2 && segment.startsWith("{") && segment.endsWith("}");
  const name = inside ? segment.substring(1, segment.length - 1) : "";
  return name.includes("{") || name.includes("}") ? "" : name;
}
