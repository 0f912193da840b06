/** What a user may do, path by path: the one table that the management API asks. What is not in it is for admins. */
export const roles = ["admin", "developer", "consumer"] as const;
export type Role = (typeof roles)[number];

interface Permission {
  /** Below the API's base. */
  path: RegExp;
  read: readonly Role[];
  write: readonly Role[];
}

const same = (path: RegExp, ...allowed: Role[]): Permission => ({
  path,
  read: allowed,
  write: allowed,
});

/** The first row that fits counts. */
const permissions: readonly Permission[] = [
  same(/^\/(rest-apis|llm-providers|llm-proxies)\/[^/]+\/api-keys(\/|$)/, "admin", "consumer"),
  same(/^\/rest-apis(\/|$)/, "admin", "developer"),
  same(/^\/mcp-proxies(\/|$)/, "admin", "developer"),
  same(/^\/llm-proxies(\/|$)/, "admin", "developer"),
  { path: /^\/llm-providers(\/|$)/, read: ["admin", "developer"], write: ["admin"] },
  { path: /^\/certificates(\/|$)/, read: ["admin", "developer"], write: ["admin"] },
  { path: /^\/policies$/, read: ["admin", "developer"], write: ["admin"] },
];

export function allowedRoles(method: string, path: string): readonly Role[] {
  const row = permissions.find((permission) => permission.path.test(path));
  if (!row) return ["admin"];
  return method === "GET" || method === "HEAD" ? row.read : row.write;
}
