/**
 * What commands can do with each kind, one row each, in the order in which they are created: what is referred to comes
 * before what refers to it. They are deleted in the other direction.
 */
import type { GatewayApi } from "./api.ts";
import type { Resource } from "../apply/documents.ts";
import { usage } from "../errors.ts";

export interface KindRow {
  kind: string;
  /** The command's name. */
  command: string;
  path: string;
  listKey: string;
  /** Columns of a list, by their place in an item. */
  columns: readonly (readonly [string, string])[];
  /** Sent as the whole document, or as its `spec` alone. */
  form: "document" | "spec";
  /** For kinds whose ids the server makes: by which field an item is the one that a document means. */
  identity?: string;
  /** Whether what is there can be replaced. */
  replaceable: boolean;
  /** One alone cannot be asked for: it is looked up in the list. */
  listedOnly?: true;
  /** What the gateway never shows: whether it differs is told by a dry run. */
  hides?: string;
  /** Of kinds without a document: the fields that have an option of their own, as in `--plan-name`. */
  fields?: readonly string[];
  /** Which of them a PUT takes; all that there are unless given. */
  changeable?: readonly string[];
}

const enveloped = { form: "document", replaceable: true } as const;

const ofApi: KindRow["columns"] = [
  ["ID", "metadata.name"],
  ["DISPLAY NAME", "spec.displayName"],
  ["VERSION", "spec.version"],
  ["CONTEXT", "spec.context"],
  ["STATE", "status.state"],
];

export const kindRows: readonly KindRow[] = [
  {
    ...enveloped,
    kind: "Secret",
    hides: "spec.value",
    command: "secret",
    path: "/secrets",
    listKey: "secrets",
    columns: [
      ["NAME", "metadata.name"],
      ["DISPLAY NAME", "spec.displayName"],
    ],
  },
  {
    kind: "SubscriptionPlan",
    command: "subscription-plan",
    path: "/subscription-plans",
    listKey: "subscriptionPlans",
    columns: [
      ["ID", "id"],
      ["NAME", "planName"],
      ["LIMIT", "throttleLimitCount"],
      ["UNIT", "throttleLimitUnit"],
      ["STATUS", "status"],
    ],
    form: "spec",
    identity: "planName",
    replaceable: true,
    fields: [
      ...["planName", "billingPlan", "stopOnQuotaReach", "throttleLimitCount"],
      ...["throttleLimitUnit", "expiryTime", "status"],
    ],
  },
  {
    kind: "Certificate",
    listedOnly: true,
    command: "certificate",
    path: "/certificates",
    listKey: "certificates",
    columns: [
      ["ID", "id"],
      ["NAME", "name"],
      ["SUBJECT", "subject"],
      ["EXPIRES", "notAfter"],
    ],
    form: "spec",
    identity: "name",
    replaceable: false,
    fields: ["name"],
    changeable: [],
  },
  {
    ...enveloped,
    kind: "RestApi",
    command: "rest-api",
    path: "/rest-apis",
    listKey: "apis",
    columns: ofApi,
  },
  {
    ...enveloped,
    kind: "Mcp",
    command: "mcp",
    path: "/mcp-proxies",
    listKey: "mcpProxies",
    columns: ofApi,
  },
  {
    ...enveloped,
    kind: "Consumer",
    hides: "spec.credentials",
    command: "consumer",
    path: "/consumers",
    listKey: "consumers",
    columns: [
      ["NAME", "metadata.name"],
      ["DISPLAY NAME", "spec.displayName"],
    ],
  },
  {
    kind: "Subscription",
    command: "subscription",
    path: "/subscriptions",
    listKey: "subscriptions",
    columns: [
      ["ID", "id"],
      ["API", "apiId"],
      ["APPLICATION", "applicationId"],
      ["PLAN", "subscriptionPlanId"],
      ["STATUS", "status"],
    ],
    form: "spec",
    identity: "subscriptionToken",
    replaceable: false,
    fields: [
      ...["apiId", "subscriptionToken", "applicationId", "subscriptionPlanId"],
      ...["billingCustomerId", "billingSubscriptionId", "status"],
    ],
    changeable: ["status"],
  },
];

export function rowOf({ document, where }: Resource): KindRow {
  const row = kindRows.find(({ kind }) => kind === document.kind);
  if (row) return row;
  const known = kindRows.map(({ kind }) => kind).join(", ");
  throw usage(`${where}: kind: expected one of ${known}, found ${JSON.stringify(document.kind)}`);
}

/** A value by its path, such as `spec.displayName`. */
export function valueAt(item: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null
          ? (value as Record<string, unknown>)[key]
          : undefined,
      item,
    );
}

export async function listAll(
  api: GatewayApi,
  row: KindRow,
  query: Record<string, string> = {},
): Promise<Record<string, unknown>[]> {
  // A gateway that does not know the kind has none of it.
  const { body } = await api.send("GET", row.path, { query, expect: [404] });
  const items = body[row.listKey];
  return Array.isArray(items) ? (items as Record<string, unknown>[]) : [];
}
