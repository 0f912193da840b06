/**
 * The APIs that are meant to be served, as resources for every Envoy; and what each API's revision is in each resource,
 * so that a status can be told from what an Envoy holds.
 *
 * An API touches its own first path segments and the clusters it names, nothing else.
 */
import type { FieldError } from "../errors.ts";
import type { Change, ResourceCache } from "../xds/cache.ts";
import type { CompiledApi, CompiledRoute } from "../translate/compile.ts";
import { routeConfiguration, scope, scopeName } from "../translate/scope.ts";

export interface Deployed {
  compiled: CompiledApi;
  revision: number;
}

/** How many versions of a resource are remembered to tell what an Envoy that lags behind serves. */
const rememberedVersions = 8;

export class Deployments {
  private readonly apis = new Map<string, Deployed>();
  private readonly segments = new Map<string | null, Set<string>>();
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
    for (const segment of segmentsOf(compiled)) {
      const taken = new Map<string, string>();
      for (const other of this.segments.get(segment) ?? [])
        if (other !== compiled.name)
          for (const route of this.routesIn(segment, other))
            for (const key of matchKeys(route)) taken.set(key, other);
      if (taken.size === 0) continue;
      for (const route of compiled.routes.filter((route) => route.segment === segment))
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
      ...[...segmentsOf(compiled)].map((segment) => ({
        kind: "route" as const,
        name: scopeName(segment),
        body: routeConfiguration({
          segment,
          routes: compiled.routes.filter((route) => route.segment === segment),
          reservedHosts: this.reservedHosts,
        }),
      })),
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
    for (const segment of affected.segments) this.remember(segment);
    for (const { name, deployed } of before) this.noteLeaving(name, deployed?.compiled);
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
      routes: [...segmentsOf(compiled)].map(scopeName),
      clusters: compiled.resources.filter(({ kind }) => kind === "cluster").map(({ name }) => name),
    };
  }

  /** APIs that have part in a resource now. */
  usersOf(kind: "route" | "cluster", resource: string): string[] {
    if (kind === "cluster") return [...(this.resourceUsers.get(`cluster ${resource}`) ?? [])];
    for (const [segment, users] of this.segments)
      if (scopeName(segment) === resource) return [...users];
    return [];
  }

  /** The revision of an API in a version of a route configuration; undefined when it is not in it. */
  revisionIn(routes: string, version: string | undefined, api: string): number | undefined {
    return version === undefined ? undefined : this.revisions.get(routes)?.get(version)?.get(api);
  }

  private noteLeaving(name: string, former: CompiledApi | undefined): void {
    const { routes } = this.resourcesOf(name);
    for (const segment of former ? segmentsOf(former) : [])
      if (!routes.includes(scopeName(segment))) add(this.leaving, name, scopeName(segment));
    for (const route of routes) remove(this.leaving, name, route);
  }

  private replace(changes: { name: string; deployed: Deployed | null }[]): Affected {
    const affected: Affected = { segments: new Set(), resources: new Map() };
    for (const { name, deployed } of changes) {
      const old = this.apis.get(name);
      if (old) this.unlink(old.compiled, affected);
      if (deployed) {
        this.apis.set(name, deployed);
        this.link(deployed.compiled, affected);
      } else this.apis.delete(name);
    }
    return affected;
  }

  private link(compiled: CompiledApi, affected: Affected): void {
    for (const segment of segmentsOf(compiled)) {
      affected.segments.add(segment);
      add(this.segments, segment, compiled.name);
    }
    for (const resource of compiled.resources) {
      add(this.resourceUsers, keyOf(resource), compiled.name);
      affected.resources.set(keyOf(resource), resource);
    }
  }

  private unlink(compiled: CompiledApi, affected: Affected): void {
    for (const segment of segmentsOf(compiled)) {
      affected.segments.add(segment);
      remove(this.segments, segment, compiled.name);
    }
    for (const resource of compiled.resources) {
      remove(this.resourceUsers, keyOf(resource), compiled.name);
      const { kind, name } = resource;
      if (!affected.resources.has(keyOf(resource)))
        affected.resources.set(keyOf(resource), { kind, name, body: null });
    }
  }

  private resourcesFor({ segments, resources }: Affected): Change[] {
    const changes: Change[] = [];
    for (const [key, change] of resources)
      if (change.body || !this.resourceUsers.has(key)) changes.push(change);
    for (const segment of segments) {
      const name = scopeName(segment);
      const users = [...(this.segments.get(segment) ?? [])].sort();
      const routes = users.flatMap((user) => this.routesIn(segment, user));
      const body =
        routes.length > 0
          ? routeConfiguration({ segment, routes, reservedHosts: this.reservedHosts })
          : null;
      changes.push({ kind: "route", name, body });
      changes.push({ kind: "scope", name, body: body && scope(segment) });
    }
    return changes;
  }

  private routesIn(segment: string | null, api: string): CompiledRoute[] {
    return this.apis.get(api)?.compiled.routes.filter((route) => route.segment === segment) ?? [];
  }

  private remember(segment: string | null): void {
    const name = scopeName(segment);
    const version = this.cache.get("route", name)?.version;
    if (version === undefined) return;
    const versions = this.revisions.get(name) ?? new Map<string, Map<string, number>>();
    versions.delete(version);
    versions.set(
      version,
      new Map(
        [...(this.segments.get(segment) ?? [])].map((api) => [api, this.apis.get(api)!.revision]),
      ),
    );
    if (versions.size > rememberedVersions) versions.delete(versions.keys().next().value!);
    this.revisions.set(name, versions);
  }
}

interface Affected {
  segments: Set<string | null>;
  /** A resource that is used, or without a body one that may have lost its last user. */
  resources: Map<string, Change>;
}

const keyOf = ({ kind, name }: { kind: string; name: string }): string => `${kind} ${name}`;

const segmentsOf = ({ routes }: CompiledApi): Set<string | null> =>
  new Set(routes.map(({ segment }) => segment));

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
