/** CEL by number: `expr_create`, `expr_evaluate`, `expr_delete`. */
import { Status } from "../../sdk/abi.ts";
import { textOf } from "../bytes.ts";
import { serialize } from "../properties/value.ts";
import { compileExpression } from "./cel.ts";
import type { ForeignFunctions } from "./foreign-function.ts";

const nothing = new Uint8Array(0);

const number = (argument: Uint8Array): number => Buffer.from(argument).readUInt32LE(0);

export const expressions: ForeignFunctions = {
  expr_create(vm, argument) {
    // Envoy takes a number for a broken expression too.
    const token = vm.nextExpression++;
    const expression = compileExpression(textOf(argument));
    if (!expression) return Status.BadArgument;
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
    if (value === undefined) return Status.InternalFailure;
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
