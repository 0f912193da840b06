/** What the gateways behind a controller make of each API. */
import { CommandError, Exit } from "../errors.ts";
import type { GatewayApi } from "./api.ts";
import { kindRows, listAll, valueAt } from "./kinds.ts";

export interface StatusRow {
  api: string;
  revision: number;
  gateway: string;
  state: string;
  serves: string;
  reason: string;
}

interface Status {
  id: string;
  state: string;
  revision: number;
  problem: { reason: string } | null;
  gateways: { id: string; state: string; revision: number | null; reason?: string }[];
}

const restApis = kindRows.find(({ kind }) => kind === "RestApi")!;

export async function statusOf(
  api: GatewayApi,
  name?: string,
): Promise<{ rows: StatusRow[]; behind: boolean }> {
  const items = (await listAll(api, restApis)).filter(
    (item) => name === undefined || valueAt(item, "metadata.name") === name,
  );
  if (name !== undefined && items.length === 0)
    throw new CommandError("AP-NOT-FOUND", `there is no API '${name}'`, Exit.NotFound);
  const rows = items.flatMap((item) => rowsOf(item["status"] as Status));
  return { rows, behind: rows.some(({ state }) => state === "refused" || state === "pending") };
}

function rowsOf({ id, revision, state, gateways, problem }: Status): StatusRow[] {
  const common = { api: id, revision };
  if (gateways.length === 0)
    return [{ ...common, gateway: "-", state, serves: "-", reason: "no gateway is connected" }];
  return gateways.map((one) => ({
    ...common,
    gateway: one.id,
    state: state === "undeployed" ? state : one.state,
    serves: one.revision === null ? "-" : String(one.revision),
    reason: one.reason ?? problem?.reason ?? "",
  }));
}
