/**
 * What a module must be before an Envoy sees it. Each rule stands for a way in which Envoy breaks or a request passes
 * without its policies; foreign modules keep them too.
 */
import { createHash } from "node:crypto";
import { reason, UserError, type FieldError } from "../errors.ts";
import { hostcallNames } from "./hostcalls.ts";
import { manifestSection, readManifest, type ModuleManifest } from "./manifest.ts";
import { readSections } from "./sections.ts";

export interface CheckedModule {
  hash: string;
  bytes: Uint8Array;
  manifest: ModuleManifest;
}

const standInSection = "sluice.stands-in-for";
const importModules = ["env", "wasi_snapshot_preview1", "wasi_unstable"];

/** Throws a UserError that names every broken rule. */
export function checkModule(bytes: Uint8Array): CheckedModule {
  const errors: FieldError[] = [];
  const sections = parse(bytes);
  const fail = (field: string, message: string) => errors.push({ field, message });

  if (sections.hasStart)
    fail(
      "start",
      "must be absent: a hostcall in it ends Envoy; compile with --exportStart _initialize",
    );
  for (const { module, name, kind } of sections.imports) {
    if (kind !== "function" || !importModules.includes(module))
      fail(`import ${module}.${name}`, `must be a function of ${importModules.join(", ")}`);
    else if (module === "env" && !isHostcall(name))
      fail(`import ${module}.${name}`, "is not a hostcall of proxy-wasm 0.2.1");
  }
  const exported = (name: string) => sections.exports.some((item) => item.name === name);
  if (!["proxy_abi_version_0_2_0", "proxy_abi_version_0_2_1"].some(exported))
    fail(
      "export proxy_abi_version_0_2_1",
      "is required: it tells Envoy which ABI the module speaks",
    );
  if (!["malloc", "proxy_on_memory_allocate"].some(exported))
    fail("export proxy_on_memory_allocate", "is required: Envoy hands data over through it");
  if (!exported("memory")) fail("export memory", "is required");
  if (errors.length > 0) throw new UserError("The module breaks rules of Envoy", errors);
  return {
    hash: createHash("sha256").update(bytes).digest("hex"),
    bytes,
    manifest: {
      ...readManifest(sections.custom.get(manifestSection)),
      ...standIn(sections.custom.get(standInSection)),
    },
  };
}

function standIn(section: Uint8Array | undefined): Pick<ModuleManifest, "standsInFor"> {
  const hash = new TextDecoder().decode(section);
  return /^[0-9a-f]{64}$/.test(hash) ? { standsInFor: hash } : {};
}

function parse(bytes: Uint8Array): ReturnType<typeof readSections> {
  try {
    return readSections(bytes);
  } catch (error) {
    throw new UserError("The module is not WebAssembly", [
      { field: "module", message: reason(error) },
    ]);
  }
}

const isHostcall = (name: string): boolean =>
  hostcallNames.has(name) || ["pthread_equal", "emscripten_notify_memory_growth"].includes(name);
