/** Which origins are allowed: any, those named in full, or those that a pattern finds. */
import { Regex } from "sluice/sdk/std/regex/regex";

export class Origins {
  any: bool = false;
  private whole: Set<string> = new Set<string>();
  private patterns: Regex[] = [];

  /** Null, or what is wrong with which of them. */
  read(allowed: string[], wholeOrigin: bool): string | null {
    if (allowed[0] == "*") {
      this.any = true;
      return null;
    }
    for (let i = 0; i < allowed.length; i++) {
      if (isOrigin(allowed[i])) {
        this.whole.add(allowed[i].toLowerCase());
        continue;
      }
      const where = "allowedOrigins[" + i.toString() + "]: ";
      if (allowed[i] == "*") return where + "* must stand alone";
      const pattern = wholeOrigin ? "^(?:" + allowed[i] + ")$" : allowed[i];
      const regex = Regex.compile(pattern, "");
      if (regex === null) return where + Regex.problem(pattern, "")!;
      this.patterns.push(regex);
    }
    return null;
  }

  allow(origin: string): bool {
    if (this.any || this.whole.has(origin)) return true;
    for (let i = 0; i < this.patterns.length; i++) if (this.patterns[i].test(origin)) return true;
    return false;
  }
}

/**
 * Whether a text is an origin in full, such as `https://app.example.com:8443`. Read as a pattern it would
 * let `https://app.example.com.evil.example` in, which nobody who writes it means.
 */
function isOrigin(text: string): bool {
  const mark = text.indexOf("://");
  if (mark < 1) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = <u32>text.charCodeAt(i);
    const letter = (unit | 0x20) - 0x61 < 26 || unit - 0x30 < 10;
    const sign = unit == 0x2d || unit == 0x2e || unit == 0x3a;
    if (!letter && !sign && (i < mark || i >= mark + 3)) return false;
  }
  return mark + 3 < text.length;
}
