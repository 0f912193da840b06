/** `ap render`: the routes, chains and resources that files would become, for people and for a comparison of two states. */
import { UserError } from "../../controller/errors.ts";
import { referencesIn } from "../../controller/model/references.ts";
import type { Chain, ChainPolicy } from "../../controller/translate/chain.ts";
import type { CompiledApi, CompiledRoute } from "../../controller/translate/compile.ts";
import { refuseTwins, type Resource } from "../apply/documents.ts";
import { rowOf } from "../client/kinds.ts";
import { OfflineGateway, type OfflineOptions } from "./offline.ts";
import type { Recorded } from "./recorder.ts";

export interface RenderedRoute {
  api: string;
  /** As the access log and metrics name it. */
  route: string;
  hosts: string[];
  /** In the order in which they run. */
  chain: ChainPolicy[];
}

export interface Rendered {
  routes: RenderedRoute[];
  resources: Recorded[];
  /** What could not be looked at as a gateway would. */
  remarks: string[];
}

export async function render(
  resources: readonly Resource[],
  options: Omit<OfflineOptions, "secrets">,
): Promise<Rendered> {
  refuseTwins(resources);
  for (const resource of resources) rowOf(resource);
  const gateway = await OfflineGateway.open({ ...options, secrets: secretsIn(resources) });
  try {
    const routes: RenderedRoute[] = [];
    for (const resource of resources) routes.push(...routesOf(await taken(gateway, resource)));
    const missing = gateway.missing().map((name) => `the secret '${name}' is in none of the files`);
    return legible({ routes, resources: gateway.resources(), remarks: missing });
  } finally {
    await gateway.close();
  }
}

const secretsIn = (resources: readonly Resource[]): Map<string, string> =>
  new Map(
    resources
      .filter(({ document }) => document.kind === "Secret")
      .map(({ document: { metadata, spec } }) => [metadata.name, String(spec["value"] ?? "")]),
  );

async function taken(gateway: OfflineGateway, { document, where }: Resource) {
  try {
    return await gateway.take(document);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { kind, metadata } = document;
    throw new UserError(`${where}: ${kind} ${metadata.name}: ${error.message}`, error.fields);
  }
}

/** An operation has more than one of Envoy's routes where a policy may choose its upstream: it is told once. */
function routesOf(compiled: CompiledApi | null): RenderedRoute[] {
  const told = new Map<string, RenderedRoute>();
  for (const route of compiled?.routes ?? []) {
    const { name, hosts } = route;
    told.set(`${name} ${hosts.join()}`, {
      ...{ api: compiled!.name, route: name.slice(name.indexOf("/") + 1, name.lastIndexOf("@")) },
      ...{ hosts, chain: chainOf(route) },
    });
  }
  return [...told.values()];
}

function chainOf({ body }: CompiledRoute): ChainPolicy[] {
  const { metadata } = JSON.parse(body) as {
    metadata?: { filter_metadata?: { sluice?: { chain?: string } } };
  };
  const text = metadata?.filter_metadata?.sluice?.chain;
  return text === undefined ? [] : (JSON.parse(text) as Chain).policies;
}

/** References to secrets as people write them. */
function legible<T>(value: T): T {
  if (typeof value === "string") return inWords(value) as T;
  if (Array.isArray(value)) return value.map(legible) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, legible(one)])) as T;
}

const inWords = (text: string): string =>
  referencesIn(text)
    .map((part) => (part.isReference ? `{{ secret ${part.text.slice(1, -1)} }}` : part.text))
    .join("");
