/** The first administrator: made, with a random password that is shown once, where a gateway would else be open to a network. */
import { randomBytes } from "node:crypto";
import type { Users } from "./users.ts";

export const isLoopback = (host: string): boolean =>
  /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host);

/** Null when there is somebody already; two controllers that start at once make one user. */
export async function makeFirstUser(
  users: Users,
): Promise<{ username: string; password: string } | null> {
  if ((await users.list()).length > 0) return null;
  const password = randomBytes(18).toString("base64url");
  return (await users.create("admin", password, ["admin"]))
    ? { username: "admin", password }
    : null;
}
