/** Networks: `10.0.0.0/8`, `2001:db8::/32`, or one address. */
import { IpAddress } from "./ip";

export class Cidr {
  private constructor(
    readonly base: IpAddress,
    readonly bits: i32,
  ) {}

  /** Null if it is none. Bits after the prefix may be set and count for nothing. */
  static parse(text: string): Cidr | null {
    const slash = text.indexOf("/");
    const base = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (base === null) return null;
    const most = base.isV4 && text.indexOf(":") < 0 ? 32 : 128;
    let bits = most;
    if (slash >= 0) {
      const size = text.length - slash - 1;
      if (size < 1 || size > 3 || (size > 1 && text.charAt(slash + 1) == "0")) return null;
      bits = 0;
      for (let i = slash + 1; i < text.length; i++) {
        const digit = <u32>text.charCodeAt(i) - 0x30;
        if (digit > 9) return null;
        bits = bits * 10 + <i32>digit;
      }
    }
    if (bits > most) return null;
    // IPv4 within IPv6 is kept as IPv4; a prefix that reaches beyond it is none of IPv4's.
    if (base.isV4 && most == 128) bits -= 96;
    return bits < 0 ? null : new Cidr(base, bits);
  }

  contains(address: IpAddress): bool {
    return this.base.sharesPrefix(address, this.bits);
  }
}
