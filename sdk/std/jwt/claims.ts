/**
 * Claims of a token (RFC 7519). Only of a token that was verified do they mean anything. A claim of the
 * wrong type is an error, never absent: a check must not be skipped because a value is odd.
 */
import { JsonText } from "../json/text";
import { keyIs } from "../json/step";
import { JsonKind, JsonMembers, JsonValue } from "../json/value";
import { tokenLimits } from "./jws";

/** Seconds; larger ones are no dates, and doubles are exact below. */
const LATEST: f64 = 9007199254740991;
/** Stands for a time that is no number of seconds. */
const ODD: f64 = -Infinity;

export class Claims {
  /** The top ones, found in one pass: a value is passed over once, not for each claim that is asked for. */
  private all: JsonValue[] = [];

  private constructor(
    /** What is wrong with the payload, `""` if nothing is. */
    readonly error: string,
    readonly json: JsonText,
  ) {}

  static parse(payload: Uint8Array): Claims {
    const json = JsonText.read(payload, tokenLimits());
    let error = "";
    if (!json.valid) error = "its claims are not valid JSON";
    else if (json.root.kind != JsonKind.Object) error = "its claims are not an object";
    const claims = new Claims(error, json);
    if (!error.length) claims.findAll();
    return claims;
  }

  /** Of the `raw` bytes of claims that were valid. */
  static checked(bytes: Uint8Array): Claims {
    const claims = new Claims("", JsonText.checked(bytes));
    claims.findAll();
    return claims;
  }

  private findAll(): void {
    const members: JsonMembers = this.json.root.members();
    while (members.next()) this.all.push(members.value);
  }

  get valid(): bool {
    return this.error.length == 0;
  }

  get(name: string): JsonValue | null {
    const all = this.all;
    for (let i = 0; i < all.length; i++) {
      if (keyIs(unchecked(all[i]).keyStart, name)) return unchecked(all[i]);
    }
    return null;
  }

  /** A claim, or if there is none of that name, one inside of others: `realm_access.roles`. */
  find(path: string): JsonValue | null {
    const whole = this.get(path);
    if (whole !== null || path.indexOf(".") < 0) return whole;
    const names = path.split(".");
    let value: JsonValue | null = this.json.root;
    for (let i = 0; i < names.length; i++) {
      const outer = value;
      value = outer === null ? null : outer.get(names[i]);
    }
    return value;
  }

  /** The text of a claim; null if it is absent or no text. */
  text(name: string): string | null {
    const value = this.get(name);
    return value === null ? null : value.text;
  }

  get issuer(): string | null {
    return this.text("iss");
  }

  get subject(): string | null {
    return this.text("sub");
  }

  /** Whether `aud` is this text or an array that has it. */
  hasAudience(audience: string): bool {
    const value = this.get("aud");
    return value !== null && (value.is(audience) || hasText(value, audience));
  }

  /** Whether `scope` or `scp`, a text with spaces between or an array, has this scope. */
  hasScope(scope: string): bool {
    return this.lists("scope", " ", scope) || this.lists("scp", " ", scope);
  }

  /** Whether a claim, an array or a text with `separator` between, has this item. */
  lists(name: string, separator: string, item: string): bool {
    const value = this.find(name);
    if (value === null) return false;
    const list = value.text;
    return list === null ? hasText(value, item) : partOf(list, separator, item);
  }

  /** The items of such a claim that are texts. */
  list(name: string, separator: string): string[] {
    const found: string[] = [];
    const value = this.find(name);
    if (value === null) return found;
    const list = value.text;
    if (list !== null) {
      const parts = separator.length ? list.split(separator) : [list];
      for (let i = 0; i < parts.length; i++) if (parts[i].length) found.push(parts[i]);
      return found;
    }
    if (value.kind != JsonKind.Array) return found;
    const items: JsonMembers = value.members();
    while (items.next()) {
      const item = items.value.text;
      if (item !== null) found.push(item);
    }
    return found;
  }

  /** Whether a claim is this text, number or bool as written, or an array that has it. */
  has(name: string, wanted: string): bool {
    const value = this.find(name);
    if (value === null) return false;
    if (value.kind != JsonKind.Array) return isWritten(value, wanted);
    const items: JsonMembers = value.members();
    while (items.next()) if (isWritten(items.value, wanted)) return true;
    return false;
  }

  /** Seconds since 1970 in a claim; NaN if it is absent or no such number. */
  time(name: string): f64 {
    const seconds = this.seconds(name);
    return seconds == ODD ? NaN : seconds;
  }

  /** As `time`, but `ODD` for a claim that is there and no such number. */
  private seconds(name: string): f64 {
    const value = this.get(name);
    if (value === null) return NaN;
    const seconds = value.number;
    return Math.abs(seconds) <= LATEST ? seconds : ODD;
  }

  /**
   * What is wrong at `now`, `""` if nothing is. A token counts until before `exp` and from `nbf` on,
   * both with `leeway` to its favour; one from the future is refused. All in seconds.
   * `longest` is the most between `iat` and `exp`, which must be there then; 0 for any.
   */
  checkTimes(now: f64, leeway: f64, longest: f64): string {
    const expires = this.seconds("exp");
    const starts = this.seconds("nbf");
    const issued = this.seconds("iat");
    if (expires == ODD || starts == ODD || issued == ODD) {
      return "a time of it is not a number of seconds";
    }
    if (now >= expires + leeway) return "it has expired";
    if (now + leeway < starts) return "it is not valid yet";
    if (now + leeway < issued) return "it was issued in the future";
    if (longest > 0 && !(expires - issued <= longest)) return "it is valid for too long";
    return "";
  }
}

function hasText(array: JsonValue, text: string): bool {
  if (array.kind != JsonKind.Array) return false;
  const items: JsonMembers = array.members();
  while (items.next()) if (items.value.is(text)) return true;
  return false;
}

function partOf(list: string, separator: string, item: string): bool {
  if (!separator.length) return list == item;
  let from = 0;
  while (from < list.length) {
    const found = list.indexOf(separator, from);
    const end = found < 0 ? list.length : found;
    if (end - from == item.length && end > from && list.startsWith(item, from)) return true;
    from = end + separator.length;
  }
  return false;
}

function isWritten(value: JsonValue, wanted: string): bool {
  const kind = value.kind;
  if (kind == JsonKind.String) return value.is(wanted);
  if (kind != JsonKind.Number && kind != JsonKind.Bool) return false;
  const raw = value.raw;
  if (raw.byteLength != wanted.length) return false;
  for (let i = 0; i < raw.byteLength; i++) if (raw[i] != <u8>wanted.charCodeAt(i)) return false;
  return true;
}
