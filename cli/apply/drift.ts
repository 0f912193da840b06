/** What a gateway has beside what the files say, and what it has at all. */
import { usage } from "../errors.ts";
import type { GatewayApi } from "../client/api.ts";
import { asWritten, type Difference } from "./compare.ts";
import type { Resource } from "./documents.ts";
import { kindRows, listAll, rowOf, valueAt } from "../client/kinds.ts";
import { changesOf, plan } from "./planned.ts";

export interface Drift {
  kind: string;
  name: string;
  changes: Difference[];
}

/** The resources that differ. */
export async function drift(api: GatewayApi, resources: readonly Resource[]): Promise<Drift[]> {
  const found: Drift[] = [];
  for (const row of kindRows) {
    const own = resources.filter((resource) => rowOf(resource) === row);
    if (own.length === 0) continue;
    const items = row.identity ? await listAll(api, row) : [];
    for (const resource of own) {
      const changes = await changesOf(api, await plan(api, row, resource, items));
      const { kind, metadata } = resource.document;
      if (changes.length > 0) found.push({ kind, name: metadata.name, changes });
    }
  }
  return found;
}

/** Whole documents, as they were given; what has a secret in it that the gateway does not give out is left out. */
export async function exported(api: GatewayApi, kind?: string): Promise<object[]> {
  const rows = kindRows.filter(({ form }) => form === "document");
  const wanted = rows.filter((row) => kind === undefined || row.kind === kind);
  if (wanted.length === 0)
    throw usage(
      `--kind: expected one of ${rows.map((row) => row.kind).join(", ")}, found '${kind}'`,
    );
  const documents: object[] = [];
  for (const row of wanted.filter((one) => one.kind !== "Secret"))
    for (const item of await listAll(api, row)) {
      const name = String(valueAt(item, "metadata.name"));
      const { body } = await api.send("GET", `${row.path}/${encodeURIComponent(name)}`);
      documents.push(asWritten(body));
    }
  return documents;
}
