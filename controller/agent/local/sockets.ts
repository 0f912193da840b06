/** Unix sockets in a folder that only its owner can enter, with a path short enough for the kernel (107 bytes). */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../errors.ts";

export interface Sockets {
  /** Where Envoy finds its resources. */
  xds: string;
  /** Where policies ask the agent. */
  agent: string;
}

export async function openSockets(closing: (() => unknown)[]): Promise<Sockets> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const sockets = { xds: join(folder, "xds"), agent: join(folder, "agent") };
  if (Buffer.byteLength(sockets.agent) > 107)
    throw new UserError(`TMPDIR: expected a path of at most 80 bytes, found ${tmpdir()}`);
  return sockets;
}
