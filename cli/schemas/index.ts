/**
 * What each command prints with `--output json`, as JSON Schema: one row each. Fields that are there stay; new ones may
 * come where an object is open. `npm run docs` writes them to the folder `schemas`.
 */
import { kindRows, type KindRow } from "../client/kinds.ts";
import {
  count,
  flag,
  listOf,
  object,
  oneOf,
  orNull,
  openObject,
  text,
  time,
  type Schema,
} from "../../controller/describe/schema.ts";
import {
  change,
  document,
  failure,
  item,
  key,
  knownGateway,
  madeKey,
  publication,
  trial,
} from "./parts.ts";

const differences = listOf(object({ kind: text, name: text, changes: listOf(change) }));
const applied = listOf(
  object({ kind: text, name: text, action: oneOf("created", "replaced", "unchanged") }),
);
const states = listOf(
  object({
    ...{ api: text, revision: count, gateway: text, serves: text, reason: text },
    state: oneOf("serving", "acknowledged", "pending", "refused", "undeployed", "deployed"),
  }),
);
const route = object({
  ...{ api: text, route: text, upstream: text },
  policies: listOf(object({ name: text, version: text, from: text }, { mandatory: flag })),
  dropped: listOf(object({ name: text, version: text, from: text, by: text })),
});
/** With `--log`. */
const answer = object({
  request: object({ id: text, time: text, method: text, host: text, path: text }),
  ...{ status: count, decidedBy: text, policy: orNull(text) },
  ...{ from: listOf(text), because: listOf(text), now: orNull(route), lines: listOf(text) },
});
const exported = listOf(openObject);
const forGateways = {
  apply: applied,
  diff: differences,
  status: states,
  export: exported,
  explain: { anyOf: [route, answer] },
};

const module = object(
  {
    ...{ hash: text, uploadedAt: time, serving: flag },
    policies: listOf(object({ name: text, version: text })),
  },
  { refused: text, standsInFor: text },
);
const severity = oneOf("error", "warning");
const finding = object({
  ...{ where: text, rule: text, severity, name: text },
  ...{ field: text, message: text, page: text },
});
const ruleFields = { id: text, severity, summary: text, page: text };
const rule = object(ruleFields);
const ruleExplained = object({ ...ruleFields, why: text, mistake: text, mended: text });
const rendered = object({
  routes: listOf(
    object({ api: text, route: text, hosts: listOf(text), chain: listOf(openObject) }),
  ),
  resources: listOf(object({ kind: text, name: text, body: openObject })),
});
const platform = object({ name: text, gateways: listOf(text), current: flag });
const changed = object({ name: text, is: oneOf("in use", "forgotten") });

export const outputs: Readonly<Record<string, Schema>> = {
  ...forGateways,
  ...Object.fromEntries(Object.entries(forGateways).map(([name, one]) => [`gateway ${name}`, one])),
  "gateway add": object({ name: text, server: text, inUse: flag, kept: text }),
  "gateway list": listOf(object({ ...knownGateway, inUse: flag })),
  "gateway use": object({ name: text, inUse: flag }),
  "gateway current": object(knownGateway),
  "gateway remove": object({ name: text, removed: flag }),
  "gateway health": object({ status: text, timestamp: time }),
  "platform add": changed,
  "platform list": listOf(platform),
  "platform use": changed,
  "platform current": platform,
  "platform remove": changed,
  ...Object.assign({}, ...kindRows.map(ofKind)),
  "gateway rest-api api-key create": madeKey,
  "gateway rest-api api-key list": listOf(key),
  "gateway rest-api api-key regenerate": madeKey,
  "gateway rest-api api-key update": madeKey,
  "gateway rest-api api-key revoke": object({ revoked: text }),
  "policy publish": { anyOf: [publication, trial] },
  "policy rollback": publication,
  "policy history": listOf(module),
  "policy list": listOf(
    object(
      {
        ...{ name: text, version: text, displayName: text, description: text },
        ...{ parameters: openObject, phases: listOf(text) },
      },
      { systemParameters: openObject },
    ),
  ),
  lint: { anyOf: [listOf(finding), listOf(rule), ruleExplained] },
  render: rendered,
  doctor: listOf(object({ what: text, ok: flag, found: text })),
  "support bundle": object({
    file: text,
    parts: listOf(object({ name: text }, { problem: text })),
  }),
};

function ofKind({ kind, command, form, fields = [], changeable }: KindRow): Record<string, Schema> {
  const one = form === "document" ? document(kind) : item("id", ...fields.slice(0, 1));
  return {
    [`gateway ${command} list`]: listOf(one),
    [`gateway ${command} get`]: one,
    [`gateway ${command} delete`]: object({ deleted: text }),
    ...(form === "spec" && { [`gateway ${command} create`]: one }),
    ...(form === "spec" && changeable?.length !== 0 && { [`gateway ${command} update`]: one }),
  };
}

/** File names of the folder, and what is in them. */
export const schemaFiles = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...outputs, error: failure }).map(([name, schema]) => [
      `${name.replaceAll(" ", "-")}.json`,
      `${JSON.stringify(
        {
          $schema: "https://json-schema.org/draft/2020-12/schema",
          title: name === "error" ? "what is printed of an error" : `ap ${name} --output json`,
          ...schema,
        },
        null,
        2,
      )}\n`,
    ]),
  );
