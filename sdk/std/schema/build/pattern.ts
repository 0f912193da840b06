/** Patterns of schemas are ECMAScript's; where these are written as RE2 writes them otherwise, they are translated. */
import { Regex } from "../../regex/regex";
import { Source } from "../source";

export function compilePattern(source: Source, keyword: string, pattern: string): Regex | null {
  const text = translated(pattern);
  const regex = Regex.compile(text, "");
  if (!regex) source.fail(keyword, Regex.problem(text, "")! + " in " + pattern);
  return regex;
}

/** `\uXXXX` becomes `\x{XXXX}`. */
function translated(pattern: string): string {
  let text = "";
  let from = 0;
  let i = pattern.indexOf("\\");
  while (i >= 0 && i + 1 < pattern.length) {
    if (pattern.charAt(i + 1) == "u" && i + 6 <= pattern.length) {
      text += pattern.substring(from, i) + "\\x{" + pattern.substring(i + 2, i + 6) + "}";
      from = i + 6;
      i = pattern.indexOf("\\", from);
    } else {
      i = pattern.indexOf("\\", i + 2);
    }
  }
  return text + pattern.substring(from);
}
