/** What must be there, told from the answers alone: what was accepted, and nothing of what was refused. */
import { isDeepStrictEqual } from "node:util";
import type { Wanted } from "./requests.ts";

interface Collection {
  /** In answers. */
  idOf: (body: Answered) => unknown;
  /** The list's. */
  key: string;
  /** What goes when one of it goes, by the same place in the path. */
  owns?: readonly string[];
}

type Answered = Record<string, unknown> & {
  metadata?: { name?: string };
  apiKey?: { name?: string };
};

const id = ({ id }: Answered) => id;
const name = ({ metadata, name }: Answered) => metadata?.name ?? name;

export const collections: Readonly<Record<string, Collection>> = {
  "/rest-apis": { idOf: name, key: "apis", owns: ["/rest-apis/{id}/api-keys"] },
  "/rest-apis/{id}/api-keys": { idOf: keyName, key: "apiKeys" },
  "/consumers": { idOf: name, key: "consumers", owns: ["/consumers/{id}/api-keys"] },
  "/consumers/{id}/api-keys": { idOf: keyName, key: "apiKeys" },
  "/secrets": { idOf: name, key: "secrets" },
  "/subscription-plans": { idOf: id, key: "subscriptionPlans" },
  "/subscriptions": { idOf: id, key: "subscriptions" },
  "/revoked-tokens": { idOf: id, key: "revokedTokens" },
  "/users": { idOf: ({ username }) => username, key: "users" },
  "/certificates": { idOf: id, key: "certificates" },
  "/admin/routes": { idOf: id, key: "routes" },
};

function keyName({ apiKey, name }: Answered): unknown {
  return apiKey?.name ?? name;
}

/** The path of the list that something is in: `/secrets/{id}` is in `/secrets`. */
const listOf = (path: string): string => path.replace(/(\/\{\w+\}(\/regenerate)?)$/, "");

export class World {
  /** By the list's path as it was asked: id, and what the answer that made it said. */
  readonly there = new Map<string, Map<string, Answered>>();

  ids(list: string): string[] {
    return [...(this.there.get(list)?.keys() ?? [])];
  }

  /** Notes what an answer says to have happened. `sent` has the ids in place. */
  note(wanted: Wanted, sent: string, status: number, body: Answered): void {
    const isDry = wanted.query.some(([key, value]) => key === "dryRun" && value === "true");
    if (isDry || wanted.method === "GET" || status < 200 || status > 299) return;
    const path = listOf(wanted.path);
    const collection = collections[path];
    if (!collection || wanted.path.endsWith("/reload")) return;
    const segments = sent.split("/");
    const of = decoded(segments.slice(0, path.split("/").length).join("/"));
    const known = this.there.get(of) ?? new Map<string, Answered>();
    this.there.set(of, known);
    if (wanted.method !== "DELETE") return void known.set(String(collection.idOf(body)), body);
    // Who may not revoke a key is not told so.
    if (wanted.path.endsWith("/api-keys/{name}") && wanted.caller !== "admin") return;
    const gone = decoded(segments.at(-1)!);
    known.delete(gone);
    if (collection.owns) this.forgetBelow(of, gone);
  }

  private forgetBelow(list: string, gone: string): void {
    this.there.delete(`${list}/${gone}/api-keys`);
    const subscriptions = this.there.get("/subscriptions");
    if (list !== "/rest-apis" || !subscriptions) return;
    for (const [id, { apiId }] of subscriptions) if (apiId === gone) subscriptions.delete(id);
  }

  /** How what is listed differs from what must be there; empty when it does not. */
  differences(list: string, listed: readonly Answered[]): string[] {
    const path = Object.keys(collections).find((one) => pattern(one).test(list))!;
    const { idOf } = collections[path]!;
    const wanted = this.there.get(list) ?? new Map<string, Answered>();
    const found = new Map(listed.map((one) => [String(idOf(one)), one]));
    return [
      ...[...wanted.keys()]
        .filter((one) => !found.has(one))
        .map((one) => `${list}: ${one} is lost`),
      ...[...found.keys()]
        .filter((one) => !wanted.has(one))
        .map((one) => `${list}: ${one} was refused and is there`),
      ...[...wanted].flatMap(([one, body]) => {
        const there = found.get(one);
        return there && !isDeepStrictEqual(lasting(body, there), lasting(there, body))
          ? [`${list}: ${one} is ${JSON.stringify(there)}, accepted was ${JSON.stringify(body)}`]
          : [];
      }),
    ];
  }
}

/** An id may be what no URL can say; then there is nothing of that name. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const pattern = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, ".+")}$`);

/** What both have, without what changes by itself: the status, and a context, which lists show resolved. */
function lasting(body: Answered, other: Answered): unknown {
  if (body.apiKey && typeof body.apiKey === "object") return keyName(body);
  if (typeof body["apiKey"] === "string" && other.apiKey) return body["name"];
  const shared = Object.keys(body).filter(
    (key) => key in other && !["status", "spec"].includes(key),
  );
  const facts = Object.fromEntries(shared.map((key) => [key, body[key]]));
  const { value: _, context: __, ...spec } = (body["spec"] ?? {}) as Record<string, unknown>;
  return { ...facts, spec: "spec" in body && "spec" in other ? spec : null };
}
