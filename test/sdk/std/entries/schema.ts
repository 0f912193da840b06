/** Built with `load("schema", true)` it counts fuel. */
import { fuel, refuel } from "../../../../sdk/engine/fuel";
import { enterCallback } from "../../../../sdk/engine/runtime/index";
import { JsonLimits } from "../../../../sdk/std/json/limits";
import { JsonText } from "../../../../sdk/std/json/text";
import { JsonSchema } from "../../../../sdk/std/schema/schema";

export { beginChain, endCall, endChain } from "./regions";
export { fuel };

/** The build finds an engine's module by this name; nothing calls it here. */
export function onFault(kind: i32): void {}

/** Fills up far beyond what a handler has, so that a test sees what a call takes. */
export function beginCall(bytes: i32): void {
  enterCallback(0);
  refuel(5000000);
}

export function fuelLeft(): i32 {
  return fuel;
}

export function bytesId(): u32 {
  return idof<Uint8Array>();
}

/** What is wrong with a schema, or with the value by it; addresses and documents alternate between U+0000. */
export function check(schema: string, documents: string, value: Uint8Array): string {
  const parts = documents.split("\0");
  const others = new Map<string, string>();
  for (let i = 0; i + 1 < parts.length; i += 2) others.set(parts[i], parts[i + 1]);
  const compiled = JsonSchema.compile(schema, others);
  if (compiled.problem.length) return "schema: " + compiled.problem;
  const text = JsonText.read(value, new JsonLimits());
  return text.valid ? compiled.validate(text) : "json: " + text.error;
}
