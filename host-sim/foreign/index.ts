/** The foreign functions of Envoy 1.40; any other name is not found. */
import { compression } from "./compression.ts";
import { expressions } from "./expressions.ts";
import type { ForeignFunctions } from "./foreign-function.ts";
import { signatures } from "./signatures.ts";
import { state } from "./state.ts";

export const foreignFunctions: ForeignFunctions = Object.assign(Object.create(null), {
  ...signatures,
  ...compression,
  ...state,
  ...expressions,
});
