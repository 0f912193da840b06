/** Documents into what Envoys are given of them, with every check that says beforehand what Envoy or the engine would. */
import { reason, UserError, type FieldError } from "../errors.ts";
import { readDocument, type ReadDocument, type ResourceKind } from "../model/index.ts";
import type { RestApi } from "../model/rest-api.ts";
import type { SecretUse } from "../model/templates.ts";
import type { Meters } from "../observe/meters.ts";
import type { Chain } from "../translate/chain.ts";
import { compileApi, type CompiledApi, type GatewayDefaults } from "../translate/compile.ts";
import type { TargetResource } from "../translate/targets.ts";
import type { PolicyCatalog } from "./policies/catalog.ts";
import { wrongDrops } from "./policies/own.ts";
import { refuseBadChains, resolvePolicies } from "./policies/resolve.ts";
import type { Deployments } from "./resources/deployments.ts";
import { withhold, type SecretSources } from "./secrets/withhold.ts";

export interface CompilerOptions {
  deployments: Deployments;
  catalog: () => PolicyCatalog;
  defaults: () => GatewayDefaults;
  /** Says in the engine's words why a chain cannot run; null when it can. */
  checkChain: (chain: Chain, secrets: readonly SecretUse[]) => Promise<string | null>;
  secrets: SecretSources;
  /** Why an API may not send requests to a place; null when it may. */
  deniedTarget?: (resource: TargetResource) => string | null;
  /** Whether the policies that serve can be given secrets. */
  isFed: () => boolean;
  meters?: Meters;
}

/** Other policies than those that serve. */
export type Candidate = Pick<CompilerOptions, "catalog" | "checkChain" | "isFed">;

/** What was accepted once needs no trial of its chains, which is most of the time that a start with many APIs would take. */
export interface Checks {
  /** What the gateway's configuration forbids: a document from before it changed is served as far as that allows. */
  drops: boolean;
  targets: boolean;
  schema: boolean;
  chains: boolean;
}

const stored = { drops: false, targets: false };
export const everyCheck: Checks = { drops: true, targets: true, schema: true, chains: true };
export const checksOfStored: Checks = { ...stored, schema: true, chains: false };
export const checksOfCandidate: Checks = { ...stored, schema: false, chains: true };

export class Compiler {
  constructor(private readonly options: CompilerOptions) {}

  /** Throws a UserError that names every field that is wrong. */
  read(kind: ResourceKind, source: unknown): ReadDocument {
    return readDocument(kind, source, this.options.secrets.templates);
  }

  /** Throws a UserError with every fault. */
  async compile(
    { api, secrets }: Pick<ReadDocument, "api" | "secrets">,
    checks = everyCheck,
  ): Promise<CompiledApi> {
    const { catalog, defaults, deployments, checkChain } = this.options;
    const { resolved, errors } = resolvePolicies(
      { api, secrets },
      catalog(),
      this.options.secrets.reveal,
    );
    if (checks.drops) errors.push(...wrongDrops(api, defaults().policies));
    refuse(errors);
    const hidden = this.withhold(resolved);
    const uses = [...secrets, ...hidden.uses];
    if (uses.length > 0 && !this.options.isFed()) refuse([{ field: "spec", message: unfed }]);
    const { compiled, chains } = compileApi(hidden.api, { ...defaults(), policies: hidden.given });
    if (checks.targets)
      refuse(
        compiled.resources.flatMap((resource) => {
          const message = this.options.deniedTarget?.(resource) ?? null;
          return message === null ? [] : [{ field: "spec", message }];
        }),
      );
    const collisions = deployments.collisions(compiled);
    if (collisions.length > 0)
      throw new UserError("Routes collide with those of another API", collisions);
    if (checks.schema) this.checkSchema(compiled);
    if (checks.chains) await refuseBadChains(chains, (chain) => checkChain(chain, uses));
    return { ...compiled, secrets: uses };
  }

  /** What is secret in the clear becomes references, unless that is not wanted. */
  private withhold(api: RestApi) {
    const { catalog, defaults, secrets } = this.options;
    const given = defaults().policies;
    if (secrets.entryOf === null) return { api, given, uses: [] };
    const hidden = withhold(api, given, catalog(), secrets.entryOf);
    refuse(hidden.errors);
    return hidden;
  }

  private checkSchema(compiled: CompiledApi): void {
    try {
      this.options.deployments.check(compiled);
    } catch (error) {
      this.options.meters?.count("translation_errors_total");
      throw new UserError("Envoy cannot take this configuration", [
        { field: "spec", message: reason(error) },
      ]);
    }
  }
}

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new UserError("Configuration validation failed", errors);
}

const unfed =
  "has secrets, and the module that serves was built without the feed that brings them: build it of two policies or more";
