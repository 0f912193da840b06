/**
 * Which scope a route belongs to. A scope is the first segment of a path as long as few APIs share it; where many do, as
 * under `/api/v1`, it is split by the next segment, so that one API's change never pushes all of them. A segment below
 * which some route has a parameter or a wildcard at once stays whole: its routes must be ranked together.
 */
import { rootScope, scopeOf } from "../../translate/scope.ts";
import type { CompiledRoute } from "../../translate/compile.ts";

interface Node {
  /** How many routes each API has below this path. */
  routes: Map<string, number>;
  /** How many routes have no further literal segment. */
  ends: number;
}

export class ScopeTree {
  private readonly nodes = new Map<string, Node>();
  private readonly crowded = new Set<string>();

  constructor(private readonly mostApis = 64) {}

  scopeOf({ literal }: CompiledRoute): string {
    if (literal.length === 0) return rootScope;
    let depth = 1;
    while (depth < literal.length && this.crowded.has(scopeOf(literal, depth))) depth++;
    return scopeOf(literal, depth);
  }

  /** Counts routes in (1) or out (-1). */
  count(api: string, routes: readonly CompiledRoute[], by: 1 | -1): void {
    for (const { literal } of routes)
      for (let depth = 1; depth <= literal.length; depth++) {
        const path = scopeOf(literal, depth);
        const node = this.nodes.get(path) ?? { routes: new Map<string, number>(), ends: 0 };
        this.nodes.set(path, node);
        const left = (node.routes.get(api) ?? 0) + by;
        if (left > 0) node.routes.set(api, left);
        else node.routes.delete(api);
        if (depth === literal.length) node.ends += by;
        if (node.routes.size === 0) this.nodes.delete(path);
      }
  }

  /** Splits and joins where that is due, and returns the APIs whose routes belong to other scopes now. */
  settle(touched: readonly CompiledRoute[]): Set<string> {
    const moved = new Set<string>();
    const paths = new Set(
      touched.flatMap(({ literal }) => literal.map((_, i) => scopeOf(literal, i + 1))),
    );
    for (const path of paths) {
      const node = this.nodes.get(path);
      const was = this.crowded.has(path);
      // Joined only when half of them are gone, so that one API more or less does not move all others.
      const most = was ? this.mostApis / 2 : this.mostApis;
      const is = node !== undefined && node.ends === 0 && node.routes.size > most;
      if (is === was) continue;
      if (is) this.crowded.add(path);
      else this.crowded.delete(path);
      for (const api of node?.routes.keys() ?? []) moved.add(api);
    }
    return moved;
  }
}
