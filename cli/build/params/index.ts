/** Generates `params.ts`: the class that a policy's parameters become, with its strict reader. */
import { join } from "node:path";
import { allParameters, type Definition } from "../definition.ts";
import { Shapes } from "./shapes.ts";

export function generateParams(definition: Definition): string {
  const file = join(definition.folder, "policy.yaml");
  const parameters = allParameters(definition);
  const shapes = new Shapes(file, parameters.$defs ?? {});
  shapes.of(parameters, "Params", "parameters");
  return (
    `// Generated from policy.yaml by "ap policy build". Changes here are lost.\n` +
    `import { Cursor } from "sluice/sdk/params/cursor";\n\n${shapes.code.join("\n")}`
  );
}
