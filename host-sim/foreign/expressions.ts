/** CEL over the property tree: `expr_create`, `expr_evaluate`, `expr_delete`. */
import { celEnv, parse, plan, type CelInput } from "@bufbuild/cel";
import { Status } from "../../sdk/abi.ts";
import { textOf, toByteString, toText } from "../bytes.ts";
import { top } from "../properties/tree.ts";
import { isBranch, serialize, type Value } from "../properties/value.ts";
import type { Context } from "../wasm/context.ts";
import type { ForeignFunctions } from "./foreign-function.ts";

const nothing = new Uint8Array(0);

/** The names at the root of the tree that an expression can start from. */
const roots =
  /\b(request|response|source|destination|connection|upstream|xds|metadata|filter_state|plugin_name|plugin_root_id|plugin_vm_id|connection_id)\b/g;

export interface Expression {
  evaluate(context: Context): Value | undefined;
}

function compile(text: string): Expression | null {
  try {
    const run = plan(celEnv(), parse(text));
    const names = [...new Set(text.match(roots))];
    return {
      evaluate(context) {
        const bindings: Record<string, CelInput> = {};
        for (const name of names) {
          const value = top(context, name);
          if (value !== undefined) bindings[name] = toCel(value);
        }
        return fromCel(run(bindings));
      },
    };
  } catch {
    return null;
  }
}

function toCel(value: Value): CelInput {
  if (typeof value === "string") return toText(value);
  if (Array.isArray(value)) return value.map(toCel);
  if (!isBranch(value)) return value;
  const entries =
    value.entries?.() ?? value.names?.().map((name) => [name, value.part(name)] as const) ?? [];
  return new Map(
    entries.flatMap(([key, one]) => (one === undefined ? [] : [[toText(key), toCel(one)]])),
  );
}

/** Undefined for an error and for what has no bytes. */
function fromCel(result: unknown): Value | undefined {
  if (typeof result === "string") return toByteString(result);
  if (typeof result === "bigint" || typeof result === "number" || typeof result === "boolean")
    return result;
  if (result instanceof Uint8Array) return Buffer.from(result).toString("latin1");
  return result === null ? null : undefined;
}

const number = (argument: Uint8Array): number => Buffer.from(argument).readUInt32LE(0);

export const expressions: ForeignFunctions = {
  expr_create(vm, argument) {
    const expression = compile(textOf(argument));
    if (!expression) return Status.BadArgument;
    const token = vm.nextExpression++;
    vm.expressions.set(token, expression);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(token);
    return bytes;
  },

  expr_evaluate(vm, argument) {
    if (argument.length !== 4) return Status.BadArgument;
    const expression = vm.expressions.get(number(argument));
    if (!expression) return Status.NotFound;
    const value = expression.evaluate(vm.context);
    if (value === undefined) return Status.SerializationFailure;
    const bytes = serialize(value);
    if (bytes === null) return Status.SerializationFailure;
    return typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  },

  expr_delete(vm, argument) {
    if (argument.length !== 4) return Status.BadArgument;
    vm.expressions.delete(number(argument));
    return nothing;
  },
};
