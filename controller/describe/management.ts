/** The description of the management API. */
import type { ResourceKind } from "../model/index.ts";
import { allowedRoles } from "../people/roles.ts";
import { openApi, type OpenApi } from "./openapi.ts";
import type { Paths } from "./operation.ts";
import { accessPaths } from "./paths/access.ts";
import { keyPaths } from "./paths/api-keys.ts";
import { gatewayPaths } from "./paths/gateway.ts";
import { resourceComponents, resourcePaths } from "./paths/resources.ts";
import { pagePaths } from "./paths/pages.ts";

const description = `Documents, and whatever gateways look up while they serve. Bodies are JSON or YAML, answers are JSON.
The same paths answer without the base too, and say in headers that they are deprecated.`;

export const managementPaths = (kinds: readonly ResourceKind[]): Paths =>
  Object.assign(
    {},
    ...kinds.map((kind) => ({
      ...resourcePaths(kind),
      ...keyPaths(`/${kind.path}`, "apiId"),
    })),
    keyPaths("/consumers", "consumerId"),
    accessPaths,
    gatewayPaths,
    pagePaths,
  ) as Paths;

export const describeManagement = (base: string, kinds: readonly ResourceKind[]): OpenApi =>
  openApi(
    {
      ...{ title: "Sluice management API", description, base },
      security: {
        basic: { type: "http", scheme: "basic" },
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
      components: Object.assign({}, ...kinds.map(resourceComponents)) as ReturnType<
        typeof resourceComponents
      >,
      rolesOf: allowedRoles,
    },
    managementPaths(kinds),
  );
