/**
 * Refuses module variables and static fields of a policy that hold objects and can be set again. They
 * outlive every request, and the compiler tells nobody when they are set: the one way past the regions
 * that type checking leaves open.
 */
import { UserError } from "../../../controller/errors.ts";
import type { Range } from "./tree.ts";

interface Element {
  kind: number;
  flags: number;
  internalName: string;
  name: string;
  type?: { isManaged?: boolean };
  declaration?: { range: Range; name: { range: Range } };
  identifierNode?: { range: Range };
}

/** `ElementKind.Global` and `CommonFlags.Const` of the compiler. */
const GLOBAL = 0;
const CONST = 1 << 3;

export function refuseMutableGlobals(
  elements: Iterable<unknown>,
  locate: (name: string) => string | null,
): void {
  for (const one of elements as Iterable<Element>) {
    if (one.kind !== GLOBAL || one.flags & CONST || !one.type?.isManaged) continue;
    if (!one.internalName.startsWith("policies/")) continue;
    const range = one.declaration?.range ?? one.identifierNode?.range;
    const path = range?.source.normalizedPath ?? "";
    const line = range ? range.source.text.slice(0, range.start).split("\n").length : 1;
    throw new UserError(
      `${locate(path) ?? path}:${line}: ${one.name} holds an object and outlives every request: make it ` +
        `const, a field of the policy, or request.state`,
    );
  }
}
