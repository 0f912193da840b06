/**
 * Values of parameters that their schema marks with `x-secret` come out of the chains: routes show in config dumps, so
 * they have references, and the feed brings the values.
 */
import type { FieldError } from "../../errors.ts";
import { referencesIn, reference } from "../../model/references.ts";
import type { RestApi } from "../../model/rest-api.ts";
import type { PolicyReference } from "../../model/shared.ts";
import type { SecretUse, TemplateSources } from "../../model/templates.ts";
import type { OwnPolicy } from "../../translate/own-policies.ts";
import type { PolicyCatalog } from "../policies/catalog.ts";

/** A record of the feed has at most 65,534 bytes. */
const mostBytes = 65_000;
/** As many as an engine puts into one chain. */
const mostSecrets = 1_024;

export interface SecretSources {
  /** What templates are rendered from. */
  templates: TemplateSources;
  /** JSON with values in place of references. */
  reveal(json: string, uses: readonly SecretUse[]): string;
  /** What a value is called that has no name; null when values are to stay in chains. */
  entryOf: ((value: string) => string) | null;
  /** What a document needs from now on: before any Envoy sees it. */
  use(handle: string, uses: readonly SecretUse[]): void;
}

interface Withheld {
  api: RestApi;
  /** The gateway's own policies, which stand in every chain. */
  given: OwnPolicy[];
  uses: SecretUse[];
  errors: FieldError[];
}

/** `entryOf` names a value so that nobody can tell it from its name, and the same value always the same. */
export function withhold(
  api: RestApi,
  given: OwnPolicy[],
  catalog: PolicyCatalog,
  entryOf: (value: string) => string,
): Withheld {
  const uses = new Map<string, SecretUse>();
  const errors: FieldError[] = [];
  const all = [given, api.policies, ...api.operations.map(({ policies }) => policies)];
  for (const policy of all.flat())
    for (const text of catalog.secrets(policy))
      for (const part of referencesIn(text)) {
        if (part.isReference || uses.has(part.text)) continue;
        if (Buffer.byteLength(part.text) > mostBytes)
          errors.push({
            field: `${policy.field}.params`,
            message: `a secret parameter must have at most ${mostBytes} bytes`,
          });
        uses.set(part.text, {
          entry: entryOf(part.text),
          expression: "",
          secrets: [],
          value: part.text,
        });
      }
  if (uses.size > mostSecrets)
    errors.push({
      field: "spec",
      message: `must have at most ${mostSecrets} secret parameters, found ${uses.size}`,
    });
  if (uses.size === 0 || errors.length > 0) return { api, given, uses: [], errors };
  const hide = (text: string): string =>
    referencesIn(text)
      .map((part) => (part.isReference ? part.text : reference(uses.get(part.text)!.entry)))
      .join("");
  const hidden = <P extends PolicyReference>(policies: P[]): P[] =>
    policies.map((policy) => ({
      ...policy,
      params: catalog.changeSecrets(policy.name, policy.params, hide),
    }));
  return {
    api: {
      ...api,
      policies: hidden(api.policies),
      operations: api.operations.map((operation) => ({
        ...operation,
        policies: hidden(operation.policies),
      })),
    },
    given: hidden(given),
    uses: [...uses.values()],
    errors,
  };
}
