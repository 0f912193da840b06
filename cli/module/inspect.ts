/** `ap policy inspect`: what a module is, without running it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { UserError, reason } from "../../controller/errors.ts";
import type { Manifest } from "../build/manifest.ts";
import { codeByPolicy } from "./sizes.ts";
import { parse } from "../build/wasm/module.ts";

export interface Inspection {
  file: string;
  size: number;
  sha256: string;
  abi: string;
  /** `codeBytes` is known when the map lies beside the module. */
  policies: { name: string; version: string; phases: string[]; codeBytes: number | null }[];
  imports: string[];
  exports: string[];
  memory: { initialBytes: number; maximumBytes: number | null };
  hardened: boolean;
  sections: Record<string, number>;
  rows: string[][];
}

export async function inspectFile(
  file: string,
): Promise<Omit<Inspection, "rows"> & { rows: string[][] }> {
  const bytes = new Uint8Array(await readFile(file));
  let module;
  try {
    module = parse(bytes);
  } catch (error) {
    throw new UserError(`${file}: ${reason(error)}`);
  }
  const text = module.customs.find((one) => one.name === "sluice.manifest")?.bytes;
  const manifest = text ? (JSON.parse(new TextDecoder().decode(text)) as Manifest) : null;
  const names = module.exports.map((one) => one.name);
  const abi = names
    .find((name) => name.startsWith("proxy_abi_version_"))
    ?.slice(18)
    .replaceAll("_", ".");
  const code = module.bodies.reduce((sum, body) => sum + body.code.length, 0);
  const sections: Record<string, number> = { code, data: module.data?.length ?? 0 };
  for (const { name, bytes: content } of module.customs) sections[name] = content.length;
  const sizes = await codeByPolicy(file, code);
  const found = {
    file,
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    abi: abi ?? "none",
    policies: (manifest?.policies ?? []).map(({ name, version, phases }) => ({
      ...{ name, version, phases },
      codeBytes: sizes?.get(name) ?? null,
    })),
    imports: module.imports.map((one) => `${one.module}.${one.name}`),
    exports: names,
    memory: {
      initialBytes: (module.memory?.least ?? 0) * 65536,
      maximumBytes: module.memory?.most == null ? null : module.memory.most * 65536,
    },
    hardened: module.tags.length > 0,
    sections,
  };
  const bytesOf = (size: number): string => `${size.toLocaleString("en")} bytes`;
  return {
    ...found,
    rows: [
      ["size", bytesOf(found.size)],
      ["sha256", found.sha256],
      ["abi", found.abi],
      ...found.policies.map((one) => [
        "policy",
        `${one.name} ${one.version} (${one.phases.join(", ")})` +
          (one.codeBytes === null ? "" : `, ${bytesOf(one.codeBytes)} of code`),
      ]),
      ["imports", found.imports.join(" ")],
      ["exports", found.exports.join(" ")],
      [
        "memory",
        `${bytesOf(found.memory.initialBytes)}, at most ${found.memory.maximumBytes === null ? "unlimited" : bytesOf(found.memory.maximumBytes)}`,
      ],
      [
        "faults",
        found.hardened ? "metered, caught" : "trap: ap policy harden makes them cost one request",
      ],
      ...Object.entries(sections).map(([name, size]) => [name, bytesOf(size)]),
    ],
  };
}
