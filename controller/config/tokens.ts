/**
 * `{{ env "NAME" }}`, `{{ env "NAME" "fallback" }}` and `{{ file "/abs/path" }}` in any text of the configuration. Unlike in
 * documents, what is missing stops the start: a gateway with an empty password is worse than none.
 */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, sep } from "node:path";
import type { FieldError } from "../errors.ts";

export interface TokenSources {
  env: Record<string, string | undefined>;
  /** Files may be read below these folders only. */
  folders: readonly string[];
}

const standardFolders = [
  "/etc/gateway",
  "/etc/gateway-controller",
  "/etc/gateway-runtime",
  "/secrets/gateway-controller",
  "/secrets/gateway-runtime",
  "/run/secrets",
];
const maxFileBytes = 1_048_576;

export const tokenSources = (env: TokenSources["env"]): TokenSources => ({
  env,
  folders:
    env.APIP_CONFIG_FILE_SOURCE_ALLOWLIST?.split(",").map((one) => one.trim()) ?? standardFolders,
});

/** A copy with every text rendered; faults are added to `errors`, by path. */
export function renderTokens(
  value: unknown,
  sources: TokenSources,
  errors: FieldError[],
  path = "",
): unknown {
  if (typeof value === "string")
    return renderText(value, sources, (message) => errors.push({ field: path, message }));
  if (Array.isArray(value))
    return value.map((item, i) => renderTokens(item, sources, errors, `${path}[${i}]`));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      renderTokens(item, sources, errors, path ? `${path}.${key}` : key),
    ]),
  );
}

const token = /\{\{-?\s*(.*?)\s*-?\}\}/gs;
const call = /^(env|file)\s+("(?:[^"\\]|\\.)*"|`[^`]*`)(?:\s+("(?:[^"\\]|\\.)*"|`[^`]*`))?$/;
const unquote = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, "$1");

function renderText(text: string, sources: TokenSources, fail: (message: string) => void): string {
  return text.replace(token, (whole, expression: string) => {
    const [, kind, first, second] = call.exec(expression) ?? [];
    if (!first || (kind === "file" && second !== undefined)) {
      fail(
        `expected {{ env "NAME" }}, {{ env "NAME" "fallback" }} or {{ file "/path" }}, found ${whole}`,
      );
      return "";
    }
    const name = unquote(first);
    if (kind === "file") return readAllowed(name, sources, fail);
    const value = sources.env[name] || (second === undefined ? "" : unquote(second));
    if (!value && second === undefined)
      fail(`expected the environment variable ${name}, which is unset or empty`);
    return value;
  });
}

function readAllowed(
  path: string,
  { folders }: TokenSources,
  fail: (message: string) => void,
): string {
  try {
    if (!isAbsolute(path)) throw new Error("the path is not absolute");
    // Links are followed first: one inside an allowed folder must not lead out of it.
    const real = realpathSync(path);
    const inside = folders.some((folder) => real.startsWith(realFolder(folder) + sep));
    if (!inside) throw new Error(`it lies in none of ${folders.join(", ")}`);
    if (statSync(real).size > maxFileBytes)
      throw new Error(`it has more than ${maxFileBytes} bytes`);
    return readFileSync(real, "utf8").trimEnd();
  } catch (error) {
    fail(`expected a file that may be read at ${path}: ${(error as Error).message}`);
    return "";
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder).replace(/\/+$/, "");
  } catch {
    return folder.replace(/\/+$/, "");
  }
}
