export * from "./regions";
import { JsonLimits } from "../../../../sdk/std/json/limits";
import { JsonText } from "../../../../sdk/std/json/text";
import { JsonSchema } from "../../../../sdk/std/schema/schema";

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
