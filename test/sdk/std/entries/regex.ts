import { Match } from "../../../../sdk/std/regex/match";
import { Regex } from "../../../../sdk/std/regex/regex";
export * from "./regions";

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

export function compile(pattern: string, flags: string): Regex | null {
  return Regex.compile(pattern, flags);
}

export function problem(pattern: string, flags: string): string | null {
  return Regex.problem(pattern, flags);
}

export function test(regex: Regex, text: string): bool {
  return regex.test(text);
}

export function testBytes(regex: Regex, bytes: Uint8Array): bool {
  return regex.testBytes(bytes);
}

/** The match and its groups, each followed by a bar; an absent group is `-`. */
export function groups(regex: Regex, text: string): string | null {
  const match = regex.match(text);
  if (!match) return null;
  let all = match.start.toString() + "-" + match.end.toString() + ":";
  for (let i = 0; i < regex.groups; i++) {
    const group = match.group(i);
    all += (group === null ? "-" : group) + "|";
  }
  return all;
}

export function named(regex: Regex, text: string, name: string): string | null {
  const match: Match | null = regex.match(text);
  return match ? match.named(name) : null;
}

export function replaceAll(regex: Regex, text: string, replacement: string): string | null {
  return regex.replaceAll(text, replacement);
}

export function problemOfReplacement(regex: Regex, replacement: string): string | null {
  return regex.problemOfReplacement(replacement);
}
