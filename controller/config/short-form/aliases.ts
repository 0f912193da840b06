/**
 * Keys of the short form that are another name for a key of the sections. Whoever reads the configuration reads the sections
 * only; a file that says both, and not the same, is refused.
 */
import type { FieldError } from "../../errors.ts";
import { milliseconds } from "../field.ts";
import { at, put, type Tree } from "../path.ts";

interface Alias {
  from: string;
  to: string;
  convert?: (value: string) => unknown;
}

const sizes = { B: 1, KB: 1_000, MB: 1_000_000, KiB: 1_024, MiB: 1_048_576 } as const;
const bytes = (size: string): number => {
  const [, amount, unit = "B"] = /^(\d+) ?([A-Za-z]*)$/.exec(size) ?? [];
  return Number(amount) * sizes[(unit || "B") as keyof typeof sizes];
};
export const aliases: readonly Alias[] = [
  { from: "server.http_port", to: "router.listener_port" },
  { from: "server.https_port", to: "router.https_port" },
  { from: "server.admin_port", to: "controller.admin_server.port" },
  { from: "tls.cert_file", to: "router.downstream_tls.cert_path" },
  { from: "tls.key_file", to: "router.downstream_tls.key_path" },
  {
    from: "tls.min_version",
    to: "router.downstream_tls.minimum_protocol_version",
    convert: (version) => `TLS${version.replace(/^TLS/, "").replace(".", "_")}`,
  },
  { from: "tls.cipher_suites", to: "router.downstream_tls.cipher_suites" },
  { from: "security.max_request_body_size", to: "router.request_body_limit_bytes", convert: bytes },
  {
    from: "security.max_header_size",
    to: "router.http_listener.max_header_size_kb",
    convert: (size) => Math.max(1, Math.ceil(bytes(size) / 1_024)),
  },
  {
    from: "security.request_timeout",
    to: "router.upstream.timeouts.route_timeout_ms",
    convert: milliseconds,
  },
  { from: "logging.level", to: "controller.logging.level" },
  { from: "logging.format", to: "router.access_logs.format" },
  { from: "logging.access_log", to: "router.access_logs.enabled" },
];

/** The file without the short names of what the environment sets under the long one: the environment wins. */
export function withoutOverridden(file: Tree, overridden: readonly string[]): Tree {
  const copy = structuredClone(file);
  for (const { from, to } of aliases)
    if (overridden.includes(to)) put(copy, from.split("."), undefined);
  return copy;
}

/** Both names with a value each: which of them counts would be a guess. */
export const doubles = (file: Tree): FieldError[] =>
  aliases
    .filter(
      ({ from, to }) =>
        at(file, from.split(".")) !== undefined && at(file, to.split(".")) !== undefined,
    )
    .map(({ from, to }) => ({
      field: from,
      message: `is the same as ${to}, which is set too; expected one of them`,
    }));

/** Lets the sections say what the short names say. */
export function applyAliases(config: Tree): void {
  for (const { from, to, convert } of aliases) {
    const value = at(config, from.split("."));
    if (value === undefined) continue;
    put(config, to.split("."), convert ? convert(String(value)) : value);
  }
}
