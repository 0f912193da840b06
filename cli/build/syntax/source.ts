/** Reads off a policy's source what the entry must know: its class, and the handlers it overrides. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { distance } from "../../../controller/config/closest.ts";
import { UserError } from "../../../controller/errors.ts";
import { packageRoot } from "../../package-root.ts";
import { NodeKind, newOptions, newProgram, parse, type ClassNode, type Node } from "./tree.ts";

/** Handler names and their bits, as in `sdk/engine/link.ts`. */
export const handlers: Readonly<Record<string, number>> = {
  onRequestHeaders: 1,
  onRequestBody: 2,
  onRequestChunk: 4,
  onRequestTrailers: 8,
  onResponseHeaders: 16,
  onResponseBody: 32,
  onResponseChunk: 64,
  onResponseTrailers: 128,
  onLog: 256,
  onSetup: 512,
  onRefresh: 1024,
  onTick: 2048,
};

/** Beside the handlers: the policy lets requests wait for a time or a refresh. */
export const waits = 4096;
/** The policy calls other services. */
export const calls = 8192;
/** The policy calls gRPC services. */
export const grpcCalls = 16384;

/** The parts of `sdk/shared` that are laid out once per process. */
export type SharedGround = "table" | "leases";

const grounds: Readonly<Record<SharedGround, RegExp>> = {
  table: /\bShared(Counter|Window)\b|"sluice\/sdk\/limits\//,
  leases: /\bSharedLeases\b/,
};

export interface PolicySource {
  className: string;
  handles: number;
  /** It looks things up in the feed. */
  looksUp: boolean;
  /** It has alternatives try before it. */
  offers: boolean;
  /** What it counts in across workers, which has to be there before they start. */
  shares: SharedGround[];
  /** It parses or computes: its loops are worth more than a small module. */
  computes: boolean;
}

function isClass(node: Node): node is ClassNode {
  return node.kind === NodeKind.ClassDeclaration;
}

/** Called by what was asked for in a handler, so that they have no bits. */
const answers = ["onRequestAnswer", "onResponseAnswer"];

/** A handler by almost its name is never called, and a policy without its handler lets everything through. */
function refuseMisspelt(policy: ClassNode, file: string): void {
  const known = [...Object.keys(handlers), ...answers];
  for (const { name } of policy.members) {
    if (known.includes(name.text)) continue;
    const [meant] = known.filter((one) => distance(name.text, one) <= 2);
    if (meant)
      throw new UserError(`${file}: ${name.text}: is never called; did you mean ${meant}?`);
  }
}

interface Texts {
  own: string;
  /** Files of the SDK with a class that the policy may extend. */
  bases: readonly string[];
  helpers: readonly string[];
}

function readSource({ own, bases, helpers }: Texts, file: string): PolicySource {
  const program = newProgram(newOptions());
  parse(program, own, "policy.ts", true);
  bases.forEach((text, i) => parse(program, text, `base-${i}.ts`, false));
  const classes = new Map<string, ClassNode>();
  for (const source of program.sources)
    for (const node of source.statements) if (isClass(node)) classes.set(node.name.text, node);
  const base = (one: ClassNode): string | undefined => one.extendsType?.name.identifier.text;
  const policies = [...classes.values()].filter((one) => base(one) === "Policy");
  const leaves = [...classes.values()].filter((one) => {
    for (let at: ClassNode | undefined = one; at; at = classes.get(base(at) ?? "")) {
      if (base(at) === "Policy")
        return ![...classes.values()].some((other) => base(other) === one.name.text);
    }
    return false;
  });
  const [policy, second] = leaves;
  if (!policy || second) {
    const found = policies.length ? policies.map((one) => one.name.text).join(", ") : "none";
    throw new UserError(`${file}: expected one class that extends Policy<Params>, found ${found}`);
  }
  refuseMisspelt(policy, file);
  let handles = 0;
  for (let at: ClassNode | undefined = policy; at; at = classes.get(base(at) ?? "")) {
    for (const { name } of at.members) handles |= handlers[name.text] ?? 0;
  }
  const all = [own, ...bases, ...helpers].join("\n");
  if (/\.(after|again)\(/.test(all)) handles |= waits;
  if (/\bCall\b|\.(call|refresh)\(/.test(all)) handles |= calls;
  if (/\bGrpcCall\b/.test(all)) handles |= grpcCalls;
  const looksUp = all.includes('"sluice/sdk/feed"');
  const offers = all.includes('"sluice/sdk/auth/alternatives"');
  const shares = (Object.keys(grounds) as SharedGround[]).filter((one) => grounds[one].test(all));
  const computes = /"sluice\/sdk\/(auth|limits|std\/(cel|crypto|encoding|json|jwt|regex))\//.test(
    all,
  );
  return { className: policy.name.text, handles, looksUp, offers, shares, computes };
}

/** A file `policy` in a folder of the SDK has a class for policies to extend. */
const sdkBase = /\bfrom\s+"sluice\/(sdk\/\w+\/policy)"/g;

/** What the policy in `folder` is, by its own file and all that it imports by relative path. */
export async function readPolicySource(folder: string): Promise<PolicySource> {
  const file = join(folder, "policy.ts");
  const read = async (path: string): Promise<string | null> =>
    readFile(path, "utf8").catch(() => null);
  const text = await read(file);
  if (text === null) {
    throw new UserError(`${file}: not found; a policy is a folder with policy.yaml and policy.ts`);
  }
  const helpers = new Map<string, string>();
  const open = [{ file, text }];
  for (let one = open.pop(); one; one = open.pop()) {
    for (const [, path] of one.text.matchAll(/\bfrom\s+"(\.[^"]+)"/g)) {
      const name = `${join(dirname(one.file), path as string)}.ts`;
      const helper = name.endsWith("params.ts") || helpers.has(name) ? null : await read(name);
      if (helper === null) continue;
      helpers.set(name, helper);
      open.push({ file: name, text: helper });
    }
  }
  const bases = [...text.matchAll(sdkBase)].map(([, path]) =>
    readFile(join(packageRoot, `${path}.ts`), "utf8"),
  );
  const texts = { own: text, bases: await Promise.all(bases), helpers: [...helpers.values()] };
  return readSource(texts, file);
}
