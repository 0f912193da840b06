/** `/<kind>/{id}/api-keys`: the keys of one API. */
import { Hono, type Context } from "hono";
import type { ApiKeys, MadeKey } from "../../access/api-keys.ts";
import { hasExpired } from "../../access/expiry.ts";
import { QuotaSpent } from "../../access/refusals.ts";
import type { ApiKey, KeyOwner } from "../../store/access/keys.ts";
import { audible } from "../../people/audited.ts";
import type { Authenticated } from "../../people/authenticate.ts";
import { problem } from "../respond.ts";
import { secretBodyOf } from "../request/body.ts";
import { callerOf } from "./caller.ts";

export interface KeyRoutes {
  keys: ApiKeys;
  kind: string;
  /** How messages name the kind. */
  label: string;
  exists: (handle: string) => boolean | Promise<boolean>;
}

/** To be mounted where the path has `:id`. */
export function keyRoutes({ keys, kind, label, exists }: KeyRoutes): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.use(
    audible<ApiKey>({
      ...{ kind: "ApiKey", handleOf: ({ handle, name }) => `${handle}/${name}`, show: represent },
    }),
  );

  const owner = (c: Context): KeyOwner => ({ kind, handle: c.req.param("id") ?? "" });
  app.use(async (c, next) => {
    const { handle } = owner(c);
    if (await exists(handle)) return next();
    return problem(c, 404, `${label} with handle '${handle}' not found`);
  });

  const answer = (c: Context, message: string, made: MadeKey, status: 200 | 201) => {
    c.header("Cache-Control", "no-store");
    return c.json(
      {
        ...{ status: "success", message, remainingApiKeyQuota: made.quotaLeft },
        apiKey: { ...represent(made.row), ...(made.raw !== null && { apiKey: made.raw }) },
      },
      status,
    );
  };

  app.post("/", async (c) => {
    try {
      const made = await keys.create(owner(c), callerOf(c), await secretBodyOf(c));
      return answer(c, "API key generated successfully", made, 201);
    } catch (error) {
      if (!(error instanceof QuotaSpent)) throw error;
      // The status is the one that clients of this API know; what is wrong stands beside it.
      return problem(c, 500, "internal server error", [{ field: "name", message: error.message }]);
    }
  });

  app.get("/", async (c) => {
    const list = await keys.list(owner(c), callerOf(c));
    return c.json({ status: "success", apiKeys: list.map(represent), totalCount: list.length });
  });

  app.put("/:name", async (c) => {
    const made = await keys.update(
      owner(c),
      c.req.param("name"),
      callerOf(c),
      await secretBodyOf(c),
    );
    return answer(c, "API key updated successfully", made, 200);
  });

  app.delete("/:name", async (c) => {
    await keys.revoke(owner(c), c.req.param("name"), callerOf(c));
    return c.json({ status: "success", message: "API key revoked successfully" });
  });

  app.post("/:name/regenerate", async (c) => {
    const made = await keys.regenerate(
      owner(c),
      c.req.param("name"),
      callerOf(c),
      await secretBodyOf(c),
    );
    return answer(c, "API key regenerated successfully", made, 200);
  });
  return app;
}

const represent = (key: ApiKey) => ({
  name: key.name,
  apiKey: key.masked,
  [key.kind === "Consumer" ? "consumerId" : "apiId"]: key.handle,
  status: hasExpired(key) ? "expired" : "active",
  createdAt: key.created_at,
  createdBy: key.created_by,
  updatedAt: key.updated_at,
  expiresAt: key.expires_at,
  source: key.source,
  ...(key.issuer !== null && { issuer: key.issuer }),
  ...(key.external_ref !== null && { externalRefId: key.external_ref }),
  ...(key.old_until !== null && { previousKeyValidUntil: key.old_until }),
});
