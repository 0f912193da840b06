/** Which functions there are, how they are called, and what they take and give. */
import { Kind } from "../value";

export enum Fn {
  Size,
  Contains,
  StartsWith,
  EndsWith,
  Matches,
  Int,
  Uint,
  Double,
  String,
  Bytes,
  Bool,
  Dyn,
  Type,
  Duration,
  Timestamp,
  GetFullYear,
  GetMonth,
  GetDate,
  GetDayOfMonth,
  GetDayOfWeek,
  GetDayOfYear,
  GetHours,
  GetMinutes,
  GetSeconds,
  GetMilliseconds,
  LowerAscii,
  UpperAscii,
  Trim,
  Replace,
  Split,
  Join,
  Substring,
  IndexOf,
  LastIndexOf,
  CharAt,
}

/** In the order of `Fn`. */
const NAMES: StaticArray<string> = [
  "size",
  "contains",
  "startsWith",
  "endsWith",
  "matches",
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "bool",
  "dyn",
  "type",
  "duration",
  "timestamp",
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
  "lowerAscii",
  "upperAscii",
  "trim",
  "replace",
  "split",
  "join",
  "substring",
  "indexOf",
  "lastIndexOf",
  "charAt",
];

/**
 * First how it is called: f as a function, m as a method, x as either. Then what it takes, from `[` on
 * only if it is given, and after the colon what it gives. Letters are those of `kindOf`.
 */
const SIGNATURES: StaticArray<string> = [
  "x.:i",
  "mss:b",
  "mss:b",
  "mss:b",
  "xss:b",
  "f.:i",
  "f.:u",
  "f.:d",
  "f.:s",
  "f.:y",
  "f.:b",
  "f.:.",
  "f.:t",
  "f.:D",
  "f.:T",
  "mT[s:i",
  "mT[s:i",
  "mT[s:i",
  "mT[s:i",
  "mT[s:i",
  "mT[s:i",
  "m.[s:i",
  "m.[s:i",
  "m.[s:i",
  "m.[s:i",
  "ms:s",
  "ms:s",
  "ms:s",
  "msss[i:s",
  "mss[i:l",
  "ml[s:s",
  "msi[i:s",
  "mss[i:i",
  "mss[i:i",
  "msi:s",
];

/** The function of a name, -1 if there is none. */
export function functionOf(name: string): i32 {
  for (let i = 0; i < NAMES.length; i++) {
    if (NAMES[i] == name) return i;
  }
  return -1;
}

export function signatureOf(fn: i32): string {
  return SIGNATURES[fn];
}

export function kindOf(letter: i32): Kind {
  const at = ".nbiudsylmTDt".indexOf(String.fromCharCode(letter));
  return at < 0 ? Kind.Dyn : <Kind>at;
}
