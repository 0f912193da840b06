/** Conversions between the kinds of values; one that would lose something is an error. */
import { decodeUtf8, encodeUtf8 } from "../../encoding/utf8";
import { NO_DURATION, formatDuration, parseDuration } from "../../time/duration";
import { formatRfc3339, parseRfc3339 } from "../../time/rfc3339";
import { Fn } from "./table";
import { BytesValue, Kind, Value, kindName } from "../value";

export function convert(fn: Fn, value: Value): Value {
  const made = converted(fn, value);
  if (made) return made;
  const text = value.kind == Kind.String ? " from this text" : "";
  return Value.error("no " + nameOf(fn) + " can be made of " + kindName(value.kind) + text);
}

function nameOf(fn: Fn): string {
  switch (fn) {
    case Fn.Int:
      return "int";
    case Fn.Uint:
      return "uint";
    case Fn.Double:
      return "double";
    case Fn.String:
      return "string";
    case Fn.Bytes:
      return "bytes";
    case Fn.Bool:
      return "bool";
    case Fn.Duration:
      return "duration";
  }
  return "timestamp";
}

function converted(fn: Fn, value: Value): Value | null {
  switch (fn) {
    case Fn.Int:
      return toInt(value);
    case Fn.Uint:
      return toUint(value);
    case Fn.Double:
      if (value.isNumber) return Value.double(value.number);
      return value.kind == Kind.String && isDecimal(value.text)
        ? Value.double(F64.parseFloat(value.text))
        : null;
    case Fn.String:
      return toString(value);
    case Fn.Bytes:
      if (value.kind == Kind.Bytes) return value;
      return value.kind == Kind.String ? new BytesValue(encodeUtf8(value.text)) : null;
    case Fn.Bool:
      return value.kind == Kind.Bool
        ? value
        : value.kind == Kind.String
          ? toBool(value.text)
          : null;
    case Fn.Duration: {
      if (value.kind == Kind.Duration) return value;
      const nanos = value.kind == Kind.String ? parseDuration(value.text) : NO_DURATION;
      return nanos == NO_DURATION ? null : Value.duration(nanos);
    }
  }
  if (value.kind == Kind.Timestamp) return value;
  if (value.kind == Kind.Int) {
    return value.bits < -62135596800 || value.bits > 253402300799
      ? null
      : Value.timestamp(value.bits, 0);
  }
  const instant = value.kind == Kind.String ? parseRfc3339(value.text) : null;
  return instant ? Value.timestamp(instant.seconds, instant.nanos) : null;
}

function toInt(value: Value): Value | null {
  switch (value.kind) {
    case Kind.Int:
      return value;
    case Kind.Uint:
      return value.bits < 0 ? null : Value.int(value.bits);
    case Kind.Double: {
      const number = value.number;
      if (!(number > -9223372036854775808.0 && number < 9223372036854775808.0)) return null;
      return Value.int(<i64>number);
    }
    case Kind.Timestamp:
      return Value.int(value.bits);
    case Kind.String: {
      const negative = value.text.startsWith("-");
      const size = whole(value.text, negative ? 1 : 0);
      const most: u64 = negative ? (<u64>1) << 63 : i64.MAX_VALUE;
      if (!size || <u64>size.bits > most) return null;
      return Value.int(negative ? -size.bits : size.bits);
    }
  }
  return null;
}

function toUint(value: Value): Value | null {
  switch (value.kind) {
    case Kind.Uint:
      return value;
    case Kind.Int:
      return value.bits < 0 ? null : Value.uint(<u64>value.bits);
    case Kind.Double: {
      const number = value.number;
      return number > -1 && number < 18446744073709551616.0 ? Value.uint(<u64>number) : null;
    }
    case Kind.String:
      return whole(value.text, 0);
  }
  return null;
}

/** The number that the digits from `at` on make, null if that is not all there is or too large. */
function whole(text: string, at: i32): Value | null {
  let value: u64 = 0;
  if (at >= text.length) return null;
  for (let i = at; i < text.length; i++) {
    const digit = <u32>(text.charCodeAt(i) - 0x30);
    if (digit > 9 || value > (u64.MAX_VALUE - digit) / 10) return null;
    value = value * 10 + digit;
  }
  return Value.uint(value);
}

function isDecimal(text: string): bool {
  let at = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
  let digits = 0;
  for (; at < text.length && isDigit(text, at); at++) digits++;
  if (at < text.length && text.charCodeAt(at) == 0x2e) {
    for (at++; at < text.length && isDigit(text, at); at++) digits++;
  }
  if (!digits) return false;
  if (at < text.length && (text.charCodeAt(at) | 0x20) == 0x65) {
    at++;
    if (at < text.length && (text.charCodeAt(at) == 0x2b || text.charCodeAt(at) == 0x2d)) at++;
    if (at == text.length) return false;
    while (at < text.length && isDigit(text, at)) at++;
  }
  return at == text.length;
}

function isDigit(text: string, at: i32): bool {
  return <u32>(text.charCodeAt(at) - 0x30) < 10;
}

function toBool(text: string): Value | null {
  if (" true t 1 TRUE True T ".includes(" " + text + " ")) return Value.bool(true);
  return " false f 0 FALSE False F ".includes(" " + text + " ") ? Value.bool(false) : null;
}

function toString(value: Value): Value | null {
  switch (value.kind) {
    case Kind.String:
      return value;
    case Kind.Bool:
      return Value.string(value.bits ? "true" : "false");
    case Kind.Int:
      return Value.string(value.bits.toString());
    case Kind.Uint:
      return Value.string((<u64>value.bits).toString());
    case Kind.Double: {
      const text = value.number.toString();
      return Value.string(text.endsWith(".0") ? text.substring(0, text.length - 2) : text);
    }
    case Kind.Bytes: {
      const text = decodeUtf8(changetype<BytesValue>(value).bytes);
      return text === null ? null : Value.string(text);
    }
    case Kind.Timestamp:
      return Value.string(formatRfc3339(value.bits, value.nanos));
    case Kind.Duration:
      return Value.string(formatDuration(value.bits));
  }
  return null;
}
