/** The token that a request shows in a header, behind a scheme, and how it goes on to the upstream. */
import { Headers } from "../headers";
import { indexOfUnit } from "../std/encoding/units";

/** Longer ones are refused unread. */
const LONGEST_TOKEN: i32 = 16384;

export class CredentialHeader {
  private lowerScheme: string;

  constructor(
    readonly name: string,
    /** In any case; `""` if the token stands alone. */
    readonly scheme: string,
  ) {
    this.lowerScheme = scheme.toLowerCase();
  }

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
      if (!beginsWith(sent, this.lowerScheme)) return null;
      while (from < sent.length && sent.charCodeAt(from) == 0x20) from++;
    }
    const size = sent.length - from;
    if (!size || size > LONGEST_TOKEN || indexOfUnit(sent, 0x20, from) >= 0) return null;
    return from ? sent.substring(from) : sent;
  }
}

/** Where a policy's parameters say that the token is; the gateway's say it where they do not. */
export function credentialOf<P>(params: P): CredentialHeader {
  const name = params.headerName;
  const scheme = params.authHeaderPrefix;
  return new CredentialHeader(
    name !== null ? name : params.headername,
    scheme !== null ? scheme : params.authheaderscheme,
  );
}

/** Whether `text` begins with `lower`, which is in lower case, in any case; both at least as long as that. */
function beginsWith(text: string, lower: string): bool {
  for (let i = 0; i < lower.length; i++) {
    const unit = text.charCodeAt(i);
    const folded = unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
    if (folded != lower.charCodeAt(i)) return false;
  }
  return true;
}

export class Forwarding {
  private moves: bool;

  constructor(
    private credential: CredentialHeader,
    private header: string,
    private forwards: bool,
    private stripsScheme: bool,
  ) {
    this.moves = credential.name.toLowerCase() != header.toLowerCase();
  }

  /** Moves the token to where the upstream expects it. What a client put there itself is gone. */
  apply(headers: Headers, sent: string, token: string): void {
    if (this.moves) headers.remove(this.credential.name);
    if (!this.forwards) headers.remove(this.header);
    else headers.set(this.header, this.stripsScheme ? token : sent);
  }
}
