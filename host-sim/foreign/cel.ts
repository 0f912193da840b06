/** CEL expressions over the property tree, with the functions that Envoy knows and no others. */
import {
  celEnv,
  isCelError,
  isCelList,
  isCelMap,
  isCelUint,
  parse,
  plan,
  type CelInput,
} from "@bufbuild/cel";
import { toByteString, toText } from "../bytes.ts";
import { top } from "../properties/tree.ts";
import { isBranch, type Value } from "../properties/value.ts";
import type { Context } from "../wasm/context.ts";

export interface Expression {
  /** Undefined if the evaluation fails. */
  evaluate(context: Context): Value | undefined;
}

type Node = NonNullable<ReturnType<typeof parse>["expr"]>;

/** Null if the text is no expression, or calls what Envoy does not have. */
export function compileExpression(text: string): Expression | null {
  try {
    const { expr } = parse(text);
    const names = new Set<string>();
    if (!knows(expr, names)) return null;
    const run = plan(celEnv(), expr);
    return {
      evaluate(context) {
        const bindings: Record<string, CelInput> = {};
        for (const name of names) {
          const value = top(context, name);
          if (value !== undefined) bindings[name] = toCel(value);
        }
        const result = run(bindings);
        return isCelError(result) ? undefined : fromCel(result);
      },
    };
  } catch {
    return null;
  }
}

const functions = new Set(
  `contains startsWith endsWith matches size int uint double string bytes dyn type duration timestamp in
   getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth
   getSeconds`.split(/\s+/),
);

const isOperator = (name: string): boolean => /[^\w]|^_/.test(name);

/** Walks the expression; gathers the names that it starts from. */
function knows(node: Node | undefined, names: Set<string>): boolean {
  if (!node) return true;
  const all = (nodes: (Node | undefined)[]): boolean => nodes.every((one) => knows(one, names));
  const { exprKind } = node;
  switch (exprKind.case) {
    case "identExpr":
      names.add(exprKind.value.name);
      return true;
    case "selectExpr":
      return knows(exprKind.value.operand, names);
    case "callExpr": {
      const { function: name, target, args } = exprKind.value;
      if (!isOperator(name) && !functions.has(name)) return false;
      return all([target, ...args]);
    }
    case "listExpr":
      return all(exprKind.value.elements);
    case "structExpr":
      return all(
        exprKind.value.entries.flatMap(({ keyKind, value }) => [
          keyKind.case === "mapKey" ? keyKind.value : undefined,
          value,
        ]),
      );
    case "comprehensionExpr": {
      const { iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
      return all([iterRange, accuInit, loopCondition, loopStep, result]);
    }
    default:
      return true;
  }
}

function toCel(value: Value): CelInput {
  if (typeof value === "string") return toText(value);
  if (Array.isArray(value)) return value.map(toCel);
  if (!isBranch(value)) return value;
  const named = value.names?.().map((name) => [name, value.part(name)] as const);
  const entries = value.entries?.() ?? named ?? [];
  return new Map(
    entries.flatMap(([key, one]) => (one === undefined ? [] : [[toText(key), toCel(one)]])),
  );
}

function fromCel(result: unknown): Value {
  if (typeof result === "string") return toByteString(result);
  if (isCelUint(result)) return result.value;
  if (typeof result === "bigint" || typeof result === "number" || typeof result === "boolean")
    return result;
  if (result instanceof Uint8Array) return Buffer.from(result).toString("latin1");
  if (isCelList(result)) return [...result].map(fromCel);
  if (isCelMap(result))
    return {
      part: () => undefined,
      entries: () => [...result].map(([key, one]) => [String(key), fromCel(one)]),
    };
  return nanoseconds(result);
}

/** A duration or a moment; nothing else of CEL has a form in bytes. */
function nanoseconds(result: unknown): Value {
  const message = (result as { message?: { seconds?: bigint; nanos?: number } } | null)?.message;
  if (message?.seconds === undefined) return null;
  return message.seconds * 1_000_000_000n + BigInt(message.nanos ?? 0);
}
