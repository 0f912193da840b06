/** A gateway without an Envoy, three users, and a follower of its feed; once over each database. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import type { User } from "../../../controller/api/auth.ts";
import type { GatewayOptions } from "../../../controller/options.ts";
import {
  FEED_FIELD,
  feedId,
  feedScope,
  sha256Hex,
  type FeedTableName,
} from "../../../host-sim/feed/words.ts";
import { restApi, startTestGateway, type Managed, type TestGateway } from "../fixtures/gateway.ts";
import { startPostgres, type TestPostgres } from "../fixtures/postgres.ts";

export const users: User[] = [
  { username: "root", password: "secret-of-root", roles: ["admin"] },
  { username: "dev", password: "secret-of-dev", roles: ["developer"] },
  { username: "ann", password: "secret-of-ann", roles: ["consumer"] },
  { username: "bob", password: "secret-of-bob", roles: ["consumer"] },
];

export interface AccessGateway extends TestGateway {
  as(user: string, method: string, path: string, body?: unknown): Promise<Managed>;
  /** A record of the feed, by its fields; null if there is none. */
  fed(table: FeedTableName, ...parts: string[]): string[] | null;
}

export async function startAccess(options: GatewayOptions): Promise<AccessGateway> {
  const test = await startTestGateway({ envoy: "none", users, ...options });
  const as: AccessGateway["as"] = (user, method, path, body) => {
    const { password } = users.find(({ username }) => username === user)!;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    return test.manage(method, path, body, { authorization });
  };
  const fed: AccessGateway["fed"] = (table, ...parts) => {
    const value = test.gateway.access.feeder.table.get(feedId(table, ...parts));
    return value ? value.toString().split(FEED_FIELD) : null;
  };
  return { ...test, as, fed };
}

export const keyFed = (gateway: AccessGateway, raw: string, api = "pets") =>
  gateway.fed("key", feedScope({ kind: "RestApi", handle: api }), sha256Hex(raw));

/** The key itself, from the answer that shows it. */
export const rawOf = ({ body }: Pick<Managed, "body">): string =>
  (body as unknown as { apiKey: { apiKey: string } }).apiKey.apiKey;

/** Runs tests over SQLite and over PostgreSQL, each with a gateway that has the API `pets`. */
export function onBothStores(
  run: (gateway: () => AccessGateway, place: () => GatewayOptions) => void,
  options: GatewayOptions = {},
): void {
  let folder: string;
  let postgres: TestPostgres;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-access-"));
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true });
  });
  describe.each([
    ["SQLite", () => Promise.resolve(join(folder, "store.db"))],
    ["PostgreSQL", () => postgres.createDatabase()],
  ])("on %s", (_, locate) => {
    let gateway: AccessGateway;
    let place: GatewayOptions;
    beforeAll(async () => {
      const secretKeys = [{ version: "v1", file: join(folder, "keys", "v1.bin") }];
      place = { store: await locate(), secretKeys };
      gateway = await startAccess({ ...place, ...options });
      await gateway.as("root", "POST", "/rest-apis", restApi("pets", 9));
    });
    afterAll(() => gateway?.close());
    run(
      () => gateway,
      () => place,
    );
  });
}
