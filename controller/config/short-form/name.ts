/** What a route is called: its own id, or one made of its path: `/users/*` is `users-all`. */
export function routeId({ id, path }: { id?: string | undefined; path: string }): string {
  if (id) return id;
  const words = path.replace(/\*$/, "all").split(/[^A-Za-z0-9]+/);
  return words.filter(Boolean).join("-").toLowerCase() || "root";
}

/** The RestApi that a route becomes. */
export const routeHandle = (id: string): string => `route-${id}`;
