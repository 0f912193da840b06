/**
 * The APIs that are meant to be served, as resources for every Envoy; and what each API's revision is in each resource,
 * so that a status can be told from what an Envoy holds.
 *
 * An API touches the scopes of its own paths and the clusters it names, nothing else.
 */
import type { FieldError } from "../../errors.ts";
import type { Change, ResourceCache } from "../../xds/cache.ts";
import type { CompiledApi, CompiledRoute } from "../../translate/compile.ts";
import { routeConfiguration, scope } from "../../translate/scope.ts";
import { ScopeTree } from "./scope-tree.ts";

export interface Deployed {
  compiled: CompiledApi;
  revision: number;
}

/** How many versions of a resource are remembered to tell what an Envoy that lags behind serves. */
const rememberedVersions = 8;

export class Deployments {
  private readonly apis = new Map<string, Deployed>();
  private readonly tree = new ScopeTree();
  /** The APIs in each scope, and the scopes of each API. */
  private readonly members = new Map<string, Set<string>>();
  private readonly scopes = new Map<string, Set<string>>();
  private readonly resourceUsers = new Map<string, Set<string>>();
  /** By resource name and version: the revision of each API in it. */
  private readonly revisions = new Map<string, Map<string, Map<string, number>>>();

  /** Route configurations that an API is in no longer, until no Envoy serves it from them. */
  private readonly leaving = new Map<string, Set<string>>();

  constructor(
    private readonly cache: ResourceCache,
    private readonly reservedHosts: string[],
  ) {}

  get(name: string): Deployed | undefined {
    return this.apis.get(name);
  }

  get count(): number {
    return this.apis.size;
  }

  /** Routes of other APIs that match exactly the same requests. */
  collisions(compiled: CompiledApi): FieldError[] {
    const errors: FieldError[] = [];
    const own = grouped(compiled.routes, (route) => this.tree.scopeOf(route));
    for (const [name, routes] of own) {
      const taken = new Map<string, string>();
      for (const other of this.members.get(name) ?? [])
        if (other !== compiled.name)
          for (const route of this.routesIn(name, other))
            for (const key of matchKeys(route)) taken.set(key, other);
      if (taken.size === 0) continue;
      for (const route of routes)
        for (const key of matchKeys(route)) {
          const other = taken.get(key);
          const field = "spec.context";
          const message = `${route.name.split("@")[0]} matches the same requests as a route of '${other}'`;
          if (other && !errors.some((error) => error.message === message))
            errors.push({ field, message });
        }
    }
    return errors;
  }

  /** Throws in Envoy's words if its schema forbids what an API would become. */
  check(compiled: CompiledApi): void {
    this.cache.check([
      ...compiled.resources,
      ...[...grouped(compiled.routes, (route) => this.tree.scopeOf(route))].map(
        ([name, routes]) => ({
          kind: "route" as const,
          name,
          body: routeConfiguration({ name, routes, reservedHosts: this.reservedHosts }),
        }),
      ),
    ]);
  }

  /** Deploys, replaces or (with `null`) takes away APIs, in one step. Throws, changing nothing, if Envoy's schema forbids. */
  apply(changes: { name: string; deployed: Deployed | null }[]): void {
    const before = changes.map(({ name }) => ({ name, deployed: this.apis.get(name) ?? null }));
    const affected = this.replace(changes);
    const resources = this.resourcesFor(affected);
    try {
      this.cache.apply(resources);
    } catch (error) {
      this.replace(before);
      throw error;
    }
    for (const name of affected.scopes) this.remember(name);
    for (const [api, former] of affected.former) this.noteLeaving(api, former);
  }

  /** The route configurations from which an Envoy may still serve a former revision of an API. */
  formerRoutesOf(name: string): ReadonlySet<string> {
    return this.leaving.get(name) ?? new Set();
  }

  /** Forgets former route configurations that no Envoy holds any more; `isHeld` tells by name and API. */
  forgetLeft(isHeld: (routes: string, api: string) => boolean): void {
    for (const [api, names] of this.leaving) {
      for (const name of names) {
        if (isHeld(name, api)) continue;
        remove(this.leaving, api, name);
        if (!this.cache.get("route", name)) this.revisions.delete(name);
      }
    }
  }

  /** The route configurations and clusters that an API is made of. */
  resourcesOf(name: string): { routes: string[]; clusters: string[] } {
    const compiled = this.apis.get(name)?.compiled;
    if (!compiled) return { routes: [], clusters: [] };
    return {
      routes: [...(this.scopes.get(name) ?? [])],
      clusters: compiled.resources.filter(({ kind }) => kind === "cluster").map(({ name }) => name),
    };
  }

  /** APIs that have part in a resource now. */
  usersOf(kind: "route" | "cluster", resource: string): string[] {
    if (kind === "cluster") return [...(this.resourceUsers.get(`cluster ${resource}`) ?? [])];
    return [...(this.members.get(resource) ?? [])];
  }

  /** The revision of an API in a version of a route configuration; undefined when it is not in it. */
  revisionIn(routes: string, version: string | undefined, api: string): number | undefined {
    return version === undefined ? undefined : this.revisions.get(routes)?.get(version)?.get(api);
  }

  private noteLeaving(api: string, former: ReadonlySet<string>): void {
    const now = this.scopes.get(api);
    for (const name of former) if (!now?.has(name)) add(this.leaving, api, name);
    for (const name of now ?? []) remove(this.leaving, api, name);
  }

  private replace(changes: { name: string; deployed: Deployed | null }[]): Affected {
    const affected: Affected = { scopes: new Set(), resources: new Map(), former: new Map() };
    const touched: CompiledRoute[] = [];
    for (const { name, deployed } of changes) {
      const old = this.apis.get(name);
      if (old) {
        this.tree.count(name, old.compiled.routes, -1);
        this.unlinkResources(old.compiled, affected);
        touched.push(...old.compiled.routes);
      }
      if (deployed) {
        this.apis.set(name, deployed);
        this.tree.count(name, deployed.compiled.routes, 1);
        this.linkResources(deployed.compiled, affected);
        touched.push(...deployed.compiled.routes);
      } else this.apis.delete(name);
    }
    const moved = this.tree.settle(touched);
    for (const name of new Set([...changes.map(({ name }) => name), ...moved]))
      this.place(name, affected);
    return affected;
  }

  /** Puts an API into the scopes that its routes belong to now. */
  private place(api: string, affected: Affected): void {
    const former = this.scopes.get(api) ?? new Set<string>();
    const routes = this.apis.get(api)?.compiled.routes ?? [];
    const now = new Set(routes.map((route) => this.tree.scopeOf(route)));
    for (const name of former) remove(this.members, name, api);
    for (const name of now) add(this.members, name, api);
    for (const name of [...former, ...now]) affected.scopes.add(name);
    affected.former.set(api, former);
    if (now.size > 0) this.scopes.set(api, now);
    else this.scopes.delete(api);
  }

  private linkResources(compiled: CompiledApi, affected: Affected): void {
    for (const resource of compiled.resources) {
      add(this.resourceUsers, keyOf(resource), compiled.name);
      affected.resources.set(keyOf(resource), resource);
    }
  }

  private unlinkResources(compiled: CompiledApi, affected: Affected): void {
    for (const resource of compiled.resources) {
      remove(this.resourceUsers, keyOf(resource), compiled.name);
      const { kind, name } = resource;
      if (!affected.resources.has(keyOf(resource)))
        affected.resources.set(keyOf(resource), { kind, name, body: null });
    }
  }

  private resourcesFor({ scopes, resources }: Affected): Change[] {
    const changes: Change[] = [];
    for (const [key, change] of resources)
      if (change.body || !this.resourceUsers.has(key)) changes.push(change);
    for (const name of scopes) {
      const users = [...(this.members.get(name) ?? [])].sort();
      const routes = users.flatMap((user) => this.routesIn(name, user));
      const body =
        routes.length > 0
          ? routeConfiguration({ name, routes, reservedHosts: this.reservedHosts })
          : null;
      changes.push({ kind: "route", name, body });
      changes.push({ kind: "scope", name, body: body && scope(name) });
    }
    return changes;
  }

  private routesIn(name: string, api: string): CompiledRoute[] {
    const routes = this.apis.get(api)?.compiled.routes ?? [];
    return routes.filter((route) => this.tree.scopeOf(route) === name);
  }

  private remember(name: string): void {
    const version = this.cache.get("route", name)?.version;
    if (version === undefined) return;
    const versions = this.revisions.get(name) ?? new Map<string, Map<string, number>>();
    const users = [...(this.members.get(name) ?? [])];
    versions.delete(version);
    versions.set(version, new Map(users.map((api) => [api, this.apis.get(api)!.revision])));
    if (versions.size > rememberedVersions) versions.delete(versions.keys().next().value!);
    this.revisions.set(name, versions);
  }
}

interface Affected {
  scopes: Set<string>;
  /** The scopes that each API was in before. */
  former: Map<string, ReadonlySet<string>>;
  /** A resource that is used, or without a body one that may have lost its last user. */
  resources: Map<string, Change>;
}

const keyOf = ({ kind, name }: { kind: string; name: string }): string => `${kind} ${name}`;

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

const matchKeys = ({ hosts, matches }: CompiledRoute): string[] =>
  hosts.map((host) => `${host} ${matches}`);

function add<K>(map: Map<K, Set<string>>, key: K, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

function remove<K>(map: Map<K, Set<string>>, key: K, value: string): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}
