/**
 * What a policy's source may not do, beyond what the compiler refuses: look at memory past the types,
 * declare imports of its own, reach into the engine. A policy is memory-safe because of this.
 */
import { UserError } from "../../../controller/errors.ts";
import { NodeKind, rewrite, type Node, type Program } from "./tree.ts";

interface Call extends Node {
  expression: Node & { text?: string; property?: { text: string }; expression?: { text?: string } };
}
interface Import extends Node {
  path: { value: string };
}
interface Decorated extends Node {
  decorators?: Node[] | null;
  flags?: number;
}

const functions = new Set(
  "changetype load store unchecked call_indirect __new __renew __alloc __realloc __free __link __pin __unpin __collect __visit".split(
    " ",
  ),
);
const namespaces = new Set([
  "memory",
  "heap",
  "atomic",
  "v128",
  "i8x16",
  "i16x8",
  "i32x4",
  "i64x2",
  "f32x4",
  "f64x2",
]);
const methods = new Set(["encodeUnsafe", "decodeUnsafe"]);
const packages =
  /^(\.{1,2}\/|sluice\/sdk$|sluice\/sdk\/feed$|sluice\/sdk\/(std|shared|limits|auth)\/)/;
/** `CommonFlags.Ambient`: declared here, made elsewhere. */
const AMBIENT = 1 << 15;

export function lint(program: Program, locate: (name: string) => string | null): void {
  for (const source of program.sources) {
    const path = source.normalizedPath;
    if (!path.startsWith("policies/") || path.endsWith("/params.ts")) continue;
    const refuse = (node: Node, what: string): never => {
      const line = node.range.source.text.slice(0, node.range.start).split("\n").length;
      throw new UserError(`${locate(path) ?? path}:${line}: ${what}`);
    };
    rewrite(source.statements, (node) => {
      look(node, refuse);
      return node;
    });
    source.statements.forEach((node) => look(node, refuse));
  }
}

function look(node: Node, refuse: (node: Node, what: string) => never): void {
  if (node.kind === NodeKind.Call) {
    const { expression } = node as Call;
    const name = expression.text ?? "";
    const method = expression.property?.text ?? "";
    const owner = expression.expression?.text ?? "";
    if (functions.has(name))
      refuse(node, `${name} is unsafe: a policy may not look at memory past its types`);
    if (namespaces.has(owner))
      refuse(node, `${owner}.${method} is unsafe: a policy may not touch memory by itself`);
    if (methods.has(method))
      refuse(node, `${method} is unsafe: use the functions of sluice/sdk/std/encoding`);
  }
  if (node.kind === NodeKind.Import) {
    const from = (node as Import).path.value;
    if (!packages.test(from)) {
      refuse(
        node,
        `import from "${from}": a policy may use sluice/sdk, sluice/sdk/feed, sluice/sdk/std, sluice/sdk/shared, sluice/sdk/limits, sluice/sdk/auth and files of its own`,
      );
    }
  }
  const { decorators, flags = 0 } = node as Decorated;
  if (decorators?.length)
    refuse(node, "decorators change what the compiler checks: a policy may not use them");
  if (node.kind === NodeKind.FunctionDeclaration && flags & AMBIENT) {
    refuse(node, "declare function imports from the host, which only the SDK may do");
  }
}
