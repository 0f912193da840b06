/** The token that a request shows in a header, behind a scheme, and how it goes on to the upstream. */
import { Headers } from "../headers";
import { indexOfUnit } from "../std/encoding/units";

/** Longer ones are refused unread. */
const LONGEST_TOKEN: i32 = 16384;

export class CredentialHeader {
  constructor(
    readonly name: string,
    /** In any case; `""` if the token stands alone. */
    readonly scheme: string,
  ) {}

  /** The header as it was sent; null if it was not, or twice, so that nobody else reads the other one. */
  sent(headers: Headers): string | null {
    const values = headers.all(this.name);
    return values.length == 1 ? values[0] : null;
  }

  /** The token in what was sent; null if it is another scheme, empty, too long or has space in it. */
  tokenIn(sent: string): string | null {
    const scheme = this.scheme;
    let from = scheme.length;
    if (from) {
      if (sent.length <= from || sent.charCodeAt(from) != 0x20) return null;
      if (sent.substring(0, from).toLowerCase() != scheme.toLowerCase()) return null;
      while (from < sent.length && sent.charCodeAt(from) == 0x20) from++;
    }
    const size = sent.length - from;
    if (!size || size > LONGEST_TOKEN || indexOfUnit(sent, 0x20, from) >= 0) return null;
    return from ? sent.substring(from) : sent;
  }
}

export class Forwarding {
  constructor(
    private credential: CredentialHeader,
    private header: string,
    private forwards: bool,
    private stripsScheme: bool,
  ) {}

  /** Moves the token to where the upstream expects it. What a client put there itself is gone. */
  apply(headers: Headers, sent: string, token: string): void {
    const name = this.credential.name;
    if (name.toLowerCase() != this.header.toLowerCase()) headers.remove(name);
    if (!this.forwards) headers.remove(this.header);
    else headers.set(this.header, this.stripsScheme ? token : sent);
  }
}
