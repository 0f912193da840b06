/**
 * For whom a limit counts: parts of a request, read one after the other. What is missing has a value of
 * its own, so that a request cannot get around a limit by leaving something out.
 */
import { Request } from "../../request";
import { decimal } from "../../hostcalls/text";

export abstract class KeyPart {
  abstract of(request: Request): string;

  /** True if it is the same for every request. */
  get fixed(): bool {
    return false;
  }

  /** False if requests with this value are not to be counted. */
  counts(value: string): bool {
    return true;
  }
}

/** A key is read to its end, however long: what is kept of it is a hash of 128 bits. */
export class Key {
  /** True if it is the same for every request. */
  readonly fixed: bool;
  private text: string | null = null;

  constructor(private parts: KeyPart[]) {
    let fixed = true;
    for (let i = 0; i < parts.length; i++) if (!parts[i].fixed) fixed = false;
    this.fixed = fixed;
    if (fixed) this.text = this.read(new Request());
  }

  /** Null if the request is not to be counted. */
  of(request: Request): string | null {
    return this.fixed ? this.text : this.read(request);
  }

  private read(request: Request): string | null {
    const parts = this.parts;
    let text = "";
    for (let i = 0; i < parts.length; i++) {
      const value = unchecked(parts[i]).of(request);
      if (!unchecked(parts[i]).counts(value)) return null;
      // With their lengths, so that no two lists of values make the same text.
      text += parts.length > 1 ? decimal(value.length) + ":" + value + ":" : value;
    }
    return text;
  }
}
