/**
 * Parts of a URL (RFC 3986, section 3), as they are written: nothing is decoded or normalised. Takes a
 * whole URL, or a path with its query as it stands in `:path`.
 */
export class Url {
  private constructor(
    /** In lower case; empty for a path alone. */
    readonly scheme: string,
    /** Without user and port; an IPv6 address keeps its brackets. */
    readonly host: string,
    /** 0 if there is none. */
    readonly port: i32,
    readonly path: string,
    /** Without `?`; null if there is none. */
    readonly query: string | null,
    readonly fragment: string | null,
  ) {}

  /** Null for controls, spaces, a user, an empty host, a broken port, or neither a scheme nor a path. */
  static parse(text: string): Url | null {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit <= 0x20 || unit == 0x7f || unit == 0x5c) return null;
    }
    let end = text.length;
    let fragment: string | null = null;
    const hash = text.indexOf("#");
    if (hash >= 0) {
      fragment = text.substring(hash + 1);
      end = hash;
    }
    let query: string | null = null;
    const mark = text.indexOf("?");
    if (mark >= 0 && mark < end) {
      query = text.substring(mark + 1, end);
      end = mark;
    }
    if (text.startsWith("/")) return new Url("", "", 0, text.substring(0, end), query, fragment);
    const colon = text.indexOf("://");
    if (colon < 1 || colon + 3 > end || !isScheme(text, colon)) return null;
    const slash = text.indexOf("/", colon + 3);
    const hostEnd = slash < 0 || slash > end ? end : slash;
    const authority = text.substring(colon + 3, hostEnd);
    const split = portColon(authority);
    const host = split < 0 ? authority : authority.substring(0, split);
    const port = split < 0 ? 0 : portOf(authority, split + 1);
    if (!isHost(host) || port < 0) return null;
    const path = text.substring(hostEnd, end);
    return new Url(text.substring(0, colon).toLowerCase(), host, port, path, query, fragment);
  }
}

function isScheme(text: string, end: i32): bool {
  for (let i = 0; i < end; i++) {
    const unit = <u32>text.charCodeAt(i);
    if ((unit | 0x20) - 0x61 < 26) continue;
    if (!i || (unit - 0x30 >= 10 && unit != 0x2b && unit != 0x2d && unit != 0x2e)) return false;
  }
  return true;
}

/** Where the colon before the port is, -1 if there is no port. */
function portColon(authority: string): i32 {
  const colon = authority.lastIndexOf(":");
  return colon < authority.lastIndexOf("]") ? -1 : colon;
}

function portOf(authority: string, from: i32): i32 {
  const size = authority.length - from;
  if (size < 1 || size > 5) return -1;
  let port = 0;
  for (let i = from; i < authority.length; i++) {
    const digit = <u32>authority.charCodeAt(i) - 0x30;
    if (digit > 9) return -1;
    port = port * 10 + <i32>digit;
  }
  return port >= 1 && port <= 65535 ? port : -1;
}

function isHost(host: string): bool {
  if (!host.length || host.indexOf("@") >= 0) return false;
  const bracketed = host.startsWith("[");
  if (bracketed != host.endsWith("]")) return false;
  if (bracketed) return host.length > 3 && host.indexOf("]") == host.length - 1;
  return host.indexOf(":") < 0 && host.indexOf("[") < 0 && host.indexOf("]") < 0;
}
