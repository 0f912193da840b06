/** Functions on strings; indexes count code points. */
import { Fn } from "./table";
import { ItemsValue, Kind, ListValue, Value } from "../value";

/** Most pieces that `split` and `replace` cut a text into. */
export const MAX_PARTS = 2000;

/** Code points of a text. */
export function pointsOf(text: string): i32 {
  const p = changetype<usize>(text);
  const end = p + ((<usize>text.length) << 1);
  let points = text.length;
  let before: u32 = 0;
  for (let at = p; at < end; at += 2) {
    const unit = <u32>load<u16>(at);
    if ((unit & 0xfc00) == 0xdc00 && (before & 0xfc00) == 0xd800) points--;
    before = unit;
  }
  return points;
}

/** The unit where code point `index` starts, -1 if there are not so many. */
function unitAt(text: string, index: i64): i32 {
  if (index < 0 || index > text.length) return -1;
  let unit = 0;
  for (let left = <i32>index; left > 0; left--) {
    if (unit >= text.length) return -1;
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  }
  return unit;
}

/**
 * Where `sought` is in `text`, from unit `from` on; -1 if nowhere. Linear in both: what was matched of a
 * long word tells how far to go back (Knuth, Morris, Pratt).
 */
export function find(text: string, sought: string, from: i32): i32 {
  const size = sought.length;
  if (size <= 8) return text.indexOf(sought, from);
  if (text.length - from < size) return -1;
  const back = new StaticArray<i32>(size);
  const word = changetype<usize>(sought);
  const ways = changetype<usize>(back);
  for (let i = 1, k = 0; i < size; i++) {
    const unit = load<u16>(word + ((<usize>i) << 1));
    while (k && unit != load<u16>(word + ((<usize>k) << 1)))
      k = load<i32>(ways + ((<usize>(k - 1)) << 2));
    if (unit == load<u16>(word + ((<usize>k) << 1))) k++;
    store<i32>(ways + ((<usize>i) << 2), k);
  }
  const end = changetype<usize>(text) + ((<usize>text.length) << 1);
  let k = 0;
  for (let p = changetype<usize>(text) + ((<usize>from) << 1); p < end; p += 2) {
    const unit = load<u16>(p);
    while (k && unit != load<u16>(word + ((<usize>k) << 1)))
      k = load<i32>(ways + ((<usize>(k - 1)) << 2));
    if (unit == load<u16>(word + ((<usize>k) << 1))) k++;
    if (k == size) return <i32>((p - changetype<usize>(text)) >> 1) - size + 1;
  }
  return -1;
}

/** A function of `Fn.LowerAscii`…`Fn.CharAt` with its arguments, whose kinds are checked here. */
export function textFunction(fn: Fn, args: Array<Value>): Value {
  if (fn == Fn.Join) return join(args);
  const text = args[0].text;
  const numeric = fn == Fn.Substring || fn == Fn.CharAt;
  for (let i = 0; i < args.length; i++) {
    // The last argument of most is a number: a count or a place.
    const number = numeric ? i > 0 : i >= (fn == Fn.Replace ? 3 : 2);
    if (args[i].kind != (number ? Kind.Int : Kind.String)) {
      return Value.error("a function of strings was given something else");
    }
  }
  switch (fn) {
    case Fn.LowerAscii:
      return Value.string(cased(text, 0x41));
    case Fn.UpperAscii:
      return Value.string(cased(text, 0x61));
    case Fn.Trim:
      return Value.string(text.trim());
    case Fn.Replace:
      return replaced(text, args[1].text, args[2].text, args.length > 3 ? args[3].bits : -1);
    case Fn.Split:
      return split(text, args[1].text, args.length > 2 ? args[2].bits : -1);
    case Fn.CharAt: {
      const at = unitAt(text, args[1].bits);
      if (at < 0) return beyond();
      return Value.string(at == text.length ? "" : String.fromCodePoint(text.codePointAt(at)));
    }
    case Fn.Substring: {
      const start = unitAt(text, args[1].bits);
      const end = args.length > 2 ? unitAt(text, args[2].bits) : text.length;
      return start < 0 || end < start ? beyond() : Value.string(text.substring(start, end));
    }
  }
  return place(fn, text, args);
}

function place(fn: Fn, text: string, args: Array<Value>): Value {
  const sought = args[1].text;
  let unit = fn == Fn.IndexOf ? 0 : text.length;
  if (args.length > 2) {
    unit = unitAt(text, args[2].bits);
    if (unit < 0) return beyond();
  }
  let at: i32;
  if (fn == Fn.IndexOf) at = find(text, sought, unit);
  else {
    at = -1;
    for (let i = find(text, sought, 0); i >= 0 && i <= unit; i = find(text, sought, i + 1)) {
      at = i;
      if (!sought.length) return Value.int(pointsOf(text.substring(0, unit)));
    }
  }
  return Value.int(at < 0 ? -1 : pointsOf(text.substring(0, at)));
}

function beyond(): Value {
  return Value.error("an index lies outside of the text");
}

/** The text with the letters of one case, which begins at `from`, in the other. */
function cased(text: string, from: u32): string {
  let i = 0;
  while (i < text.length && <u32>text.charCodeAt(i) - from >= 26) i++;
  if (i == text.length) return text;
  const made = changetype<string>(__new((<usize>text.length) << 1, idof<string>()));
  for (i = 0; i < text.length; i++) {
    const unit = <u32>text.charCodeAt(i);
    store<u16>(
      changetype<usize>(made) + ((<usize>i) << 1),
      <u16>(unit - from < 26 ? unit ^ 0x20 : unit),
    );
  }
  return made;
}

/** `text` cut at each `separator`, into `most` parts at most if that is not negative. */
function parts(text: string, separator: string, most: i64): Array<string> | null {
  const list = new Array<string>();
  let from = 0;
  let at = separator.length ? find(text, separator, 0) : text.length > 1 ? 1 : -1;
  while (at >= 0 && (most < 0 || list.length < most - 1)) {
    if (list.length == MAX_PARTS) return null;
    list.push(text.substring(from, at));
    from = at + separator.length;
    if (separator.length) at = find(text, separator, from);
    else at = at + 1 < text.length ? at + 1 : -1;
  }
  list.push(text.substring(from));
  return list;
}

function replaced(text: string, old: string, by: string, most: i64): Value {
  if (!old.length || most == 0) return Value.string(text);
  const found = parts(text, old, most < 0 ? -1 : most + 1);
  return found ? Value.string(found.join(by)) : tooMany();
}

function split(text: string, separator: string, most: i64): Value {
  const items = new Array<Value>();
  if (most == 0) return new ItemsValue(items);
  const found = parts(text, separator, most);
  if (!found) return tooMany();
  for (let i = 0; i < found.length; i++) items.push(Value.string(found[i]));
  return new ItemsValue(items);
}

function tooMany(): Value {
  return Value.error("a text was cut into more than 2000 parts");
}

function join(args: Array<Value>): Value {
  const separator = args.length > 1 ? args[1] : Value.string("");
  if (args[0].kind != Kind.List || separator.kind != Kind.String) {
    return Value.error("join() was given something else than a list and a string");
  }
  const list = changetype<ListValue>(args[0]);
  const texts = new Array<string>();
  for (let i = 0; i < list.size(); i++) {
    const item = list.at(i);
    if (item.kind != Kind.String) return Value.error("join() found something else than a string");
    texts.push(item.text);
  }
  return Value.string(texts.join(separator.text));
}
