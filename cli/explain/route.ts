/** A request's way, told from what a gateway has: the same model and order of routes as in the gateway. */
import { readDocument, resourceKinds } from "../../controller/model/index.ts";
import type { Operation, RestApi } from "../../controller/model/rest-api.ts";
import { dropOf, type OwnPolicy } from "../../controller/translate/own-policies.ts";
import { compareRoutes, pathMatch, type Ranked } from "../../controller/translate/path.ts";
import { CommandError, Exit, usage } from "../errors.ts";
import type { GatewayApi } from "../client/api.ts";
import { kindRows, listAll, valueAt } from "../client/kinds.ts";
import { withoutStatus } from "../apply/compare.ts";

export interface Explanation {
  api: string;
  route: string;
  upstream: string;
  policies: { name: string; version: string; from: string; mandatory?: true }[];
  /** The gateway's own that it goes without, and what says so. */
  dropped: { name: string; version: string; from: string; by: string }[];
}

interface Candidate extends Ranked {
  api: RestApi;
  operation: Operation;
}

const restApis = kindRows.find(({ kind }) => kind === "RestApi")!;

/** Of a path, or of a whole URL. */
export function pathOf(url: string): string {
  if (URL.canParse(url, "http://gateway")) return new URL(url, "http://gateway").pathname;
  throw usage(`expected a path or a URL such as http://localhost:8080/pets/1, found '${url}'`);
}

export async function explainRequest(
  gateway: GatewayApi,
  method: string,
  url: string,
): Promise<Explanation> {
  const path = pathOf(url);
  const candidates: Candidate[] = [];
  for (const item of await listAll(gateway, restApis)) {
    const context = String(valueAt(item, "spec.context"));
    // Reading all of thousands of APIs would take long: a request's API begins with its context.
    if (context !== "/" && path !== context && !path.startsWith(`${context}/`)) continue;
    const { api } = readDocument(resourceKinds[0], withoutStatus(item));
    if (!api.deployed) continue;
    for (const operation of api.operations)
      if (operation.method === method)
        candidates.push({
          ...{ api, operation, headers: operation.headers },
          path: pathMatch(api.context === "/" ? "" : api.context, operation),
        });
  }
  const found = candidates.sort(compareRoutes).find((one) => takes(one, path));
  if (!found)
    throw new CommandError(
      "AP-NO-ROUTE",
      `no route takes ${method} ${path}: it would get 404`,
      Exit.NotFound,
      "ap gateway rest-api list shows the contexts that there are",
    );
  const { api, operation } = found;
  const { url: direct, ref } = api.upstream.main;
  const own = await ownPolicies(gateway);
  return {
    api: api.name,
    route: `${operation.method} ${api.context}${operation.path}`,
    upstream: direct ?? `definition ${ref}`,
    policies: [
      ...own
        .filter((policy) => !dropOf(policy, api, operation))
        .map(({ name, version, field, mandatory }) => ({
          ...{ name, version, from: field },
          ...(mandatory && { mandatory }),
        })),
      ...api.policies.map(({ name, version }) => ({ name, version, from: "spec.policies" })),
      ...operation.policies.map(({ name, version }) => ({
        ...{ name, version },
        from: `${operation.field}.policies`,
      })),
    ],
    dropped: own.flatMap((policy) => {
      const by = dropOf(policy, api, operation)?.field;
      const { name, version, field: from } = policy;
      return by === undefined ? [] : [{ name, version, from, by }];
    }),
  };
}

type Own = Pick<OwnPolicy, "name" | "version" | "mandatory" | "field">;

/** Of a gateway from before it told them: none. */
async function ownPolicies(gateway: GatewayApi): Promise<Own[]> {
  const { body } = await gateway.send("GET", "/policies", { query: { used: "true" } });
  return (body["gatewayPolicies"] ?? []) as Own[];
}

function takes({ path: { match } }: Candidate, path: string): boolean {
  const {
    path: exact,
    prefix,
    path_separated_prefix: separated,
    safe_regex: regex,
  } = match as {
    path?: string;
    prefix?: string;
    path_separated_prefix?: string;
    safe_regex?: { regex: string };
  };
  if (exact !== undefined) return path === exact;
  if (prefix !== undefined) return path.startsWith(prefix);
  if (separated !== undefined) return path === separated || path.startsWith(`${separated}/`);
  return regex !== undefined && new RegExp(`^(?:${regex.regex})$`).test(path);
}
