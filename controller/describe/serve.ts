/** `/openapi.json`, `/openapi.yaml` and `/docs`: the description of the API beside it. No network but this server's is used. */
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { stringify } from "yaml";
import type { Authenticated } from "../people/authenticate.ts";
import { installed } from "../installed.ts";
import type { OpenApi } from "./openapi.ts";

const pageTypes = {
  "docs.html": "text/html; charset=utf-8",
  "docs.js": "text/javascript; charset=utf-8",
  "docs.css": "text/css; charset=utf-8",
};

/** Nothing of elsewhere is loaded, and nobody may put the page into a frame. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'";

export function descriptionRoutes(describe: () => OpenApi): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  let made: OpenApi | null = null;
  const document = () => (made ??= describe());
  app.get("/openapi.json", (c) => c.json(document()));
  app.get("/openapi.yaml", (c) =>
    c.body(stringify(document(), { aliasDuplicateObjects: false }), 200, {
      "Content-Type": "application/yaml; charset=utf-8",
    }),
  );
  for (const [file, type] of Object.entries(pageTypes))
    app.get(file === "docs.html" ? "/docs" : `/${file}`, (c) =>
      c.body(readFileSync(installed(`controller/describe/page/${file}`), "utf8"), 200, {
        "Content-Type": type,
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
      }),
    );
  return app;
}
