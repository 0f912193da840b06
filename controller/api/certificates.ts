/** `/certificates`: the authorities that upstreams' certificates may come from. */
import { Hono } from "hono";
import { UserError } from "../errors.ts";
import { Reader } from "../model/reader.ts";
import { audible } from "../people/audited.ts";
import { readBundle } from "../trust/bundle.ts";
import type { Certificate, Certificates } from "../trust/certificates.ts";
import type { Authenticated } from "./auth.ts";
import { bodyOf } from "./request/body.ts";
import { problem } from "./respond.ts";

export function certificateRoutes(certificates: Certificates): Hono<Authenticated> {
  const app = new Hono<Authenticated>();
  app.use(
    audible<Certificate>({ kind: "Certificate", handleOf: ({ name }) => name, show: represent }),
  );

  app.get("/", (c) => {
    const all = certificates.list().map(represent);
    return c.json({
      certificates: all,
      totalCount: all.length,
      totalBytes: certificates.totalBytes(),
      status: "success",
    });
  });

  app.post("/", async (c) => {
    const body = new Reader(await bodyOf(c), "");
    body.isObject();
    const { name, bundle } = readCertificate(body);
    if (body.findings.errors.length > 0 || !bundle || name === null)
      throw new UserError("Configuration validation failed", body.findings.errors);
    const added = await certificates.add(name, bundle.pem, bundle.facts);
    if (!added) return problem(c, 409, `certificate with name '${name}' already exists`);
    const message = "Certificate uploaded and SDS updated successfully";
    return c.json({ ...represent(added), message, status: "success" }, 201);
  });

  app.post("/reload", async (c) => {
    await certificates.load();
    const totalBytes = certificates.totalBytes();
    return c.json({ status: "success", message: "Certificates reloaded successfully", totalBytes });
  });

  app.delete("/:id", async (c) => {
    const id = c.req.param("id");
    const removed = await certificates.remove(id);
    if (!removed) return problem(c, 404, `certificate with id '${id}' not found`);
    return c.json({ status: "success", message: "Certificate deleted successfully", id });
  });
  return app;
}

export const readCertificate = (body: Reader) => ({
  name: body
    .at("name")
    .required()
    .text({ max: 100, pattern: /^[a-zA-Z0-9._-]+$/ }),
  bundle: readBundle(body.at("certificate").required()),
});

const represent = ({ id, name, subject, issuer, not_after: notAfter, count }: Certificate) => ({
  ...{ id, name, subject, issuer, notAfter, count },
});
