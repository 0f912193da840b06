/** The parts that a gateway needs, each looked at by itself. */
import { createServer } from "node:net";
import { access, constants, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findEnvoy } from "../../controller/agent/find.ts";
import { reason } from "../../controller/errors.ts";
import { defaultPorts } from "../../controller/options.ts";
import { packageRoot } from "../package-root.ts";

export interface Finding {
  what: string;
  ok: boolean;
  found: string;
}

/** `writes: false` makes no folder, where somebody only wants to know. */
export async function examine(data: string, { writes = true } = {}): Promise<Finding[]> {
  const { http, https, management, admin, xds, envoyAdmin } = defaultPorts;
  const ports = { http, https, management, admin, xds, "Envoy admin": envoyAdmin };
  return Promise.all([
    version(),
    node(),
    envoy(),
    ...(writes ? [store(data)] : []),
    ...Object.entries(ports).map(([name, port]) => portIsFree(name, port!)),
  ]);
}

async function version(): Promise<Finding> {
  const text = await readFile(join(packageRoot, "package.json"), "utf8");
  return { what: "ap", ok: true, found: (JSON.parse(text) as { version: string }).version };
}

async function node(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 12);
  return { what: "Node", ok, found: `${process.versions.node}${ok ? "" : "; 20.12 is needed"}` };
}

async function envoy(): Promise<Finding> {
  try {
    const { path, from } = await findEnvoy({ fetch: false });
    return { what: "Envoy", ok: true, found: `${path} (${from})` };
  } catch (error) {
    return { what: "Envoy", ok: false, found: reason(error) };
  }
}

async function store(data: string): Promise<Finding> {
  try {
    await mkdir(data, { recursive: true });
    await access(data, constants.W_OK);
    return { what: "store", ok: true, found: `${data} can be written` };
  } catch (error) {
    return { what: "store", ok: false, found: reason(error) };
  }
}

const portIsFree = (name: string, port: number): Promise<Finding> =>
  new Promise((resolve) => {
    const what = `port ${port} (${name})`;
    const server = createServer();
    server.on("error", (error: NodeJS.ErrnoException) =>
      resolve({
        what,
        ok: false,
        found: error.code === "EADDRINUSE" ? "is in use" : reason(error),
      }),
    );
    server.listen(port, "127.0.0.1", () =>
      server.close(() => resolve({ what, ok: true, found: "is free" })),
    );
  });
