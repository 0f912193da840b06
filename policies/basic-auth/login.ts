import { decodeBase64 } from "sluice/sdk/std/encoding/base64";
import { decodeUtf8 } from "sluice/sdk/std/encoding/utf8";

/** A username and a password, as RFC 7617 puts them into a header. */
export class Login {
  private constructor(
    readonly username: string,
    readonly password: string,
  ) {}

  /** Null if it is not base64 of UTF-8 with a colon in it. */
  static parse(text: string): Login | null {
    const bytes = decodeBase64(text);
    const decoded = bytes !== null ? decodeUtf8(bytes) : null;
    if (decoded === null) return null;
    const colon = decoded.indexOf(":");
    if (colon < 0) return null;
    return new Login(decoded.substring(0, colon), decoded.substring(colon + 1));
  }
}
