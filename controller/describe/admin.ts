/** The description of the admin port. */
import { openApi, type OpenApi } from "./openapi.ts";
import { configDumpPaths, healthPaths, routePaths } from "./paths/admin.ts";
import { pagePaths } from "./paths/pages.ts";

const description = `Health, what the gateways should have, and the routes of the short form. Every path but /admin/routes
stands below /api/admin/v1 too. Those of /admin/routes take the bearer token of the configuration.`;

export interface AdminParts {
  configDump: boolean;
  routes: boolean;
}

const adminPaths = ({ configDump, routes }: AdminParts) => ({
  ...healthPaths,
  ...(configDump && configDumpPaths),
  ...(routes && routePaths),
  ...pagePaths,
});

export const describeAdmin = (parts: AdminParts): OpenApi =>
  openApi(
    {
      ...{ title: "Sluice admin API", description, base: "/" },
      security: {
        basic: { type: "http", scheme: "basic" },
        bearer: { type: "http", scheme: "bearer" },
      },
      components: {},
    },
    adminPaths(parts),
  );
