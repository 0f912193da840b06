/** Paths that a policy makes of what a client sent. */
import { hexValue } from "../encoding/hex";

/** `prefix` with `rest` behind it and one slash between them. */
export function joinPath(prefix: string, rest: string): string {
  if (!rest.length) return prefix;
  const end = prefix.endsWith("/") ? prefix.length - 1 : prefix.length;
  return prefix.substring(0, end) + (rest.startsWith("/") ? rest : "/" + rest);
}

/**
 * Why a path cannot go upstream as it is; null if it can. Nothing behind the filters normalises it: one
 * that was put together could climb out of its place (`/.` and `./`), or read as another one elsewhere
 * (an encoded slash), though no part of it was wrong.
 */
export function problemOfPath(path: string): string | null {
  if (!path.startsWith("/")) return "does not begin with a slash";
  let segment = 0;
  let dots = 0;
  for (let i = 1; i <= path.length; i++) {
    const unit = i < path.length ? path.charCodeAt(i) : 0x2f;
    if (unit == 0x2f) {
      if (dots > 0 && dots <= 2 && segment == dots) return "has a segment of dots";
      segment = 0;
      dots = 0;
      continue;
    }
    let character: i32 = unit;
    if (unit == 0x25) {
      character = i + 2 < path.length ? encoded(path, i) : -1;
      if (character < 0) return "has a % without two hexadecimal digits";
      if (character < 0x20 || character == 0x2f || character == 0x5c || character == 0x7f) {
        return "has an encoded slash, backslash or control";
      }
      i += 2;
    } else if (!isPathUnit(unit)) return "has a character that stands in no path";
    if (character == 0x2e) dots++;
    segment++;
  }
  return null;
}

/** The same of a path with a query. */
export function problemOfTarget(target: string): string | null {
  const mark = target.indexOf("?");
  if (mark < 0) return problemOfPath(target);
  for (let i = mark + 1; i < target.length; i++) {
    const unit = target.charCodeAt(i);
    if (unit <= 0x20 || unit >= 0x7f || unit == 0x23)
      return "has a character that stands in no query";
  }
  return problemOfPath(target.substring(0, mark));
}

function encoded(path: string, at: i32): i32 {
  const high = hexValue(path.charCodeAt(at + 1));
  const low = hexValue(path.charCodeAt(at + 2));
  return (high | low) < 0 ? -1 : (high << 4) | low;
}

/** Visible ASCII but for what ends a path, and what some take for a slash. */
function isPathUnit(unit: i32): bool {
  return unit > 0x20 && unit < 0x7f && unit != 0x23 && unit != 0x3f && unit != 0x5c;
}
