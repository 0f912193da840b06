/** One resource of a file beside what a gateway has of it: what is there, how it differs, and how it is sent. */
import { CommandError, Exit } from "../errors.ts";
import type { Answer, GatewayApi, Sent } from "../client/api.ts";
import { asWritten, differences, type Difference } from "./compare.ts";
import type { Resource } from "./documents.ts";
import { redact, hidden } from "../../controller/people/redact.ts";
import type { KindRow } from "../client/kinds.ts";

export interface Planned extends Resource {
  row: KindRow;
  /** Its id at the server, and what is there; null if it is not. */
  id: string;
  before: Record<string, unknown> | null;
}

/** What is there of a resource. */
export async function plan(
  api: GatewayApi,
  row: KindRow,
  resource: Resource,
  items: readonly Record<string, unknown>[],
): Promise<Planned> {
  const { name } = resource.document.metadata;
  if (row.identity) {
    const key = row.identity;
    const wanted = resource.document.spec[key] ?? name;
    const found = items.find((item) => item[key] === wanted);
    return { ...resource, row, id: String(found?.["id"] ?? ""), before: found ?? null };
  }
  const path = `${row.path}/${encodeURIComponent(name)}`;
  const { status, body } = await api.send("GET", path, { expect: [404] });
  return { ...resource, row, id: name, before: status === 404 ? null : body };
}

/** How what is there differs from the document, without values of secrets. */
export async function changesOf(api: GatewayApi, planned: Planned): Promise<Difference[]> {
  const { row, before, document } = planned;
  if (!before) return [{ path: "", after: redact(document) }];
  if (row.hides) return changesByTrial(api, planned, row.hides);
  if (row.form === "document") {
    const { apiVersion, ...rest } = asWritten(before);
    // There is one version only: a file need not name it.
    const there = document.apiVersion === undefined ? rest : { apiVersion, ...rest };
    return differences(there, asWritten({ ...document }));
  }
  // The server adds fields of its own to these: only what the document says is compared.
  const said = Object.fromEntries(Object.keys(document.spec).map((key) => [key, before[key]]));
  return differences(said, document.spec);
}

/** The gateway says what it would show of the document, and whether anything differs that it does not show. */
async function changesByTrial(
  api: GatewayApi,
  planned: Planned,
  hides: string,
): Promise<Difference[]> {
  const { body } = await sendPlanned(api, planned, {
    body: planned.document,
    query: { dryRun: "true" },
  });
  if ((body["status"] as { changed?: boolean }).changed === false) return [];
  const seen = differences(asWritten(planned.before!), asWritten(body)).filter(
    ({ path }) => path !== hides,
  );
  return seen.length > 0 ? seen : [{ path: hides, before: hidden, after: hidden }];
}

/** Created or replaced; an error says where in the files the resource stands. */
export async function sendPlanned(
  api: GatewayApi,
  { row, before, document, where, id }: Planned,
  sent: Sent,
): Promise<Answer> {
  try {
    return before
      ? await api.send("PUT", `${row.path}/${encodeURIComponent(id)}`, sent)
      : await api.send("POST", row.path, sent);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const what = `${where}: ${document.kind} ${document.metadata.name}`;
    const { id, message, exitCode, next, fields } = error;
    if (!before && exitCode === Exit.NotFound)
      throw new CommandError("AP-NO-KIND", `${what}: this gateway has no such kind`);
    throw new CommandError(id, `${what}: ${message}`, exitCode, next, fields);
  }
}
