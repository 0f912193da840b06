/** The page of configuration keys: the schema that validates them, one section for each key at the top. */
import type { JsonSchema } from "../../../controller/config/field.ts";
import { schema } from "../../../controller/config/schema/index.ts";
import { aliases } from "../../../controller/config/short-form/aliases.ts";
import { code, inCell, page, table } from "../markdown.ts";
import { rowsOf } from "../parameters.ts";

export function configurationPage(): string {
  const all = Object.entries(schema.properties ?? {});
  const known = all.filter(([, one]) => !one["x-no-effect"]);
  const idle = idleKeys(schema, "");
  return page(
    "# Configuration",
    "`ap gateway run` reads `gateway.yaml`, then `/etc/gateway/config.yaml`, or what `--config` names; TOML too. A key that " +
      "is not here stops the start. `ap gateway config print` shows every key with its value, `ap gateway config check` says " +
      "what is wrong.",
    "The environment overrides a key by `GATEWAY_` and its path in capitals, two underscores between levels: " +
      '`GATEWAY_CONTROLLER__SERVER__API_PORT` is `controller.server.api_port`. In any text, `{{ env "NAME" }}`, ' +
      '`{{ env "NAME" "fallback" }}` and `{{ file "/run/secrets/name" }}` stand for a value; one that is missing stops the start.',
    ...known.flatMap(([key, one]) => section(key, one)),
    "## Short names",
    "These stand for another key. A file that has both, with different values, is refused.",
    table(
      ["key", "stands for"],
      aliases.map(({ from, to }) => [code(from), code(to)]),
    ),
    "## Keys without effect",
    "They are taken, with a warning, so that files from elsewhere need no change.",
    table(["key", "because"], idle),
  );
}

function section(key: string, one: JsonSchema): string[] {
  const rows = rowsOf({ type: "object", properties: { [key]: effective(one) } });
  return [
    `## ${code(key)}`,
    table(
      ["key", "type", "default", ""],
      rows.map(([path, type, absent, text]) => [code(path), type, shown(absent), inCell(text)]),
    ),
  ];
}

/** A section's default is what its keys have. */
const shown = (absent: string): string => (absent === "`{}`" ? "" : absent);

/** The schema without the keys that do nothing. */
function effective(schema: JsonSchema): JsonSchema {
  if (!schema.properties) return schema;
  const left = Object.entries(schema.properties).filter(([, one]) => !one["x-no-effect"]);
  return {
    ...schema,
    properties: Object.fromEntries(left.map(([key, one]) => [key, effective(one)])),
  };
}

function idleKeys(
  { properties = {}, patternProperties = {} }: JsonSchema,
  above: string,
): string[][] {
  return Object.entries({ ...properties, ...patternProperties }).flatMap(([key, one]) => {
    const path = above ? `${above}.${key}` : key;
    const reason = one["x-no-effect"];
    return reason ? [[code(path), inCell(reason)]] : idleKeys(one, path);
  });
}
