/** References of schemas: RFC 3986, section 5.2, and the pointers in their fragments. */
import { decodePercent } from "../net/percent";

/** `reference` as seen from `base`, which has no fragment. */
export function resolve(base: string, reference: string): string {
  if (!reference.length) return base;
  if (schemeEnd(reference) > 0) return reference;
  if (reference.startsWith("#")) return base + reference;
  const colon = schemeEnd(base);
  const scheme = base.substring(0, colon);
  if (reference.startsWith("//")) return scheme + reference;
  let path = colon;
  if (base.substr(colon, 2) == "//") {
    path = base.indexOf("/", colon + 2);
    if (path < 0) path = base.length;
  }
  const front = base.substring(0, path);
  if (reference.startsWith("/")) return front + withoutDots(reference);
  const slash = base.lastIndexOf("/");
  const folder = slash < path ? (path > colon ? "/" : "") : base.substring(path, slash + 1);
  return front + withoutDots(folder + reference);
}

/** Behind the colon of the scheme; 0 if there is none. */
function schemeEnd(text: string): i32 {
  for (let i = 0; i < text.length; i++) {
    const unit = <u32>text.charCodeAt(i);
    if (unit == 0x3a) return i ? i + 1 : 0;
    const letter = (unit | 0x20) - 0x61 < 26;
    const other = unit - 0x30 < 10 || unit == 0x2b || unit == 0x2d || unit == 0x2e;
    if (!letter && !(other && i)) return 0;
  }
  return 0;
}

function withoutDots(path: string): string {
  const parts = path.split("/");
  const kept: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const last = i == parts.length - 1;
    if (parts[i] == "..") {
      if (kept.length > 1) kept.pop();
      if (last) kept.push("");
    } else if (parts[i] != "." || last) {
      kept.push(parts[i] == "." ? "" : parts[i]);
    }
  }
  return kept.join("/");
}

export function withoutFragment(uri: string): string {
  const mark = uri.indexOf("#");
  return mark < 0 ? uri : uri.substring(0, mark);
}

/** What is behind `#`, decoded; null if that cannot be. */
export function fragmentOf(uri: string): string | null {
  const mark = uri.indexOf("#");
  return mark < 0 ? "" : decodePercent(uri.substring(mark + 1), false);
}

/** The names of a pointer (RFC 6901) that begins with `/`. */
export function pointerParts(pointer: string): string[] {
  const parts = pointer.substring(1).split("/");
  for (let i = 0; i < parts.length; i++) {
    parts[i] = parts[i].replaceAll("~1", "/").replaceAll("~0", "~");
  }
  return parts;
}
