/** One kind of resource over HTTP: create, list, read, replace, delete. */
import { Hono, type Context } from "hono";
import { type ResourceKind } from "../model/index.ts";
import type { Accepted, WriteMode } from "../deploy/control.ts";
import { UserError } from "../errors.ts";
import { foreignVariables } from "../model/environment.ts";
import type { Artifact } from "../store/store.ts";
import { audible, noteUnchanged } from "../people/audited.ts";
import type { Authenticated } from "./auth.ts";
import type { ManagementOptions } from "./management.ts";
import { problem } from "./respond.ts";
import { bodyOf } from "./request/body.ts";
import { etag, expected, isKnown } from "./request/conditions.ts";
import { flag, whole } from "./request/query.ts";
import { readWait, waitUntil } from "./request/wait.ts";

const maxPage = 1_000;
const maxOffset = 1e9;

export function resourceRoutes(
  kind: ResourceKind,
  options: ManagementOptions,
): Hono<Authenticated> {
  const { control } = options;
  const app = new Hono<Authenticated>();
  const missing = (c: Context, id: string) =>
    problem(c, 404, `${kind.label} with handle '${id}' not found`);

  const represent = (artifact: Artifact, source: object, status: object) => ({
    ...source,
    status: {
      id: artifact.handle,
      state: artifact.state,
      createdAt: artifact.created_at,
      updatedAt: artifact.updated_at,
      deployedAt: artifact.deployed_at,
      revision: artifact.revision,
      ...status,
    },
  });
  const asWritten = async (artifact: Artifact) => {
    const [status] = await control.statuses([artifact.handle]);
    return represent(artifact, JSON.parse(artifact.source) as object, status!);
  };

  app.use(
    audible<Artifact>({
      ...{ kind: kind.kind, handleOf: ({ handle }) => handle },
      show: ({ source }) => control.masked(JSON.parse(source)),
    }),
  );

  const accept = async (c: Context<Authenticated>, mode: WriteMode, created: boolean) => {
    const body = await bodyOf(c);
    if (!c.get("roles").includes("admin")) {
      const errors = foreignVariables(body, options.environment);
      if (errors.length > 0) throw new UserError("Configuration validation failed", errors);
    }
    const dryRun = flag(c, "dryRun");
    const waitMs = readWait(c);
    const accepted = await control.put(kind, body, mode, dryRun);
    const { artifact } = accepted;
    warn(c, accepted);
    if (dryRun) {
      const { status, ...document } = represent(artifact, body as object, {});
      const { state, revision } = status;
      return c.json({
        ...document,
        status: { id: artifact.handle, state, revision, dryRun: true },
      });
    }
    c.header("ETag", etag(artifact));
    const settled =
      waitMs === null
        ? "served"
        : await waitUntil(() => control.settled(artifact.handle), waitMs, options.changed);
    return c.json(await asWritten(artifact), settled === "served" ? (created ? 201 : 200) : 202);
  };

  app.post("/", (c) => accept(c, { create: true }, true));

  app.get("/", async (c) => {
    const limit = whole(c, "limit", maxPage) ?? Infinity;
    const offset = whole(c, "offset", maxOffset) ?? 0;
    const found = control
      .list(kind)
      .map((artifact) => ({ artifact, source: JSON.parse(artifact.source) as Document }))
      .filter((item) => matches(c, item));
    const shown = found.slice(offset, offset + limit);
    const statuses = await control.statuses(shown.map(({ artifact }) => artifact.handle));
    const page = shown.map(({ artifact, source }, i) =>
      represent(
        artifact,
        { ...source, spec: { ...source.spec, ...resolvedContext(source) } },
        statuses[i]!,
      ),
    );
    c.header("X-Total-Count", String(found.length));
    return c.json({
      status: "success",
      count: page.length,
      total: found.length,
      [kind.listKey]: control.masked(page),
    });
  });

  app.get("/:id", async (c) => {
    const artifact = control.get(c.req.param("id"), kind);
    if (!artifact) return missing(c, c.req.param("id"));
    c.header("ETag", etag(artifact));
    if (isKnown(c, artifact)) return c.body(null, 304);
    return c.json(await asWritten(artifact));
  });

  app.put("/:id", async (c) => {
    const id = c.req.param("id");
    const there = control.get(id, kind);
    if (!there) return missing(c, id);
    return accept(c, { replace: id, expected: expected(c, there) }, false);
  });

  app.delete("/:id", async (c) => {
    const id = c.req.param("id");
    const waitMs = readWait(c);
    const dryRun = flag(c, "dryRun");
    const there = control.get(id, kind);
    if (!there) return missing(c, id);
    const expects = expected(c, there);
    if (dryRun) {
      noteUnchanged(c, there);
      return c.json({ status: "success", message: `${kind.label} would be deleted`, id, dryRun });
    }
    if (!(await control.remove(kind, id, expects))) return missing(c, id);
    const settled =
      waitMs === null
        ? "served"
        : await waitUntil(() => control.settled(id), waitMs, options.changed);
    return c.json(
      { status: "success", message: `${kind.label} deleted successfully`, id },
      settled === "served" ? 200 : 202,
    );
  });
  return app;
}

interface Document {
  spec: { displayName: string; version: string; context?: string };
}

/** Of a kind that has one. */
const resolvedContext = ({ spec }: Document): { context?: string } =>
  spec.context === undefined
    ? {}
    : { context: String(spec.context).replaceAll("$version", String(spec.version)) };

/** Exact filters; what is not asked for is not looked at, and unknown query parameters are ignored. */
function matches(
  c: Context,
  { artifact, source }: { artifact: Artifact; source: Document },
): boolean {
  const facts: Record<string, string | undefined> = {
    displayName: artifact.display_name,
    version: artifact.version,
    context: resolvedContext(source).context,
    status: artifact.state,
  };
  return Object.entries(facts).every(([name, value]) => {
    const wanted = c.req.query(name);
    return wanted === undefined || wanted === value;
  });
}

function warn(c: Context, { warnings }: Accepted): void {
  for (const warning of warnings.slice(0, 10))
    c.header("Warning", `299 - "${warning.replace(/[^\x20-\x7e]|["\\]/g, "?")}"`, { append: true });
}
