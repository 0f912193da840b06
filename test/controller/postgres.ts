/** A PostgreSQL of this test's own, on a free port, gone with it. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { until } from "../../controller/until.ts";

export interface TestPostgres {
  createDatabase(): Promise<string>;
  /** Ends the server at once, as a failing machine would. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<TestPostgres> {
  const bin = await findBinaries();
  const folder = await mkdtemp(join(tmpdir(), "sluice-postgres-"));
  const user = await unprivileged();
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid!);
  await chmod(folder, 0o700);
  const run = promisify(execFile);
  await run(
    join(bin, "initdb"),
    ["-D", folder, "-U", "sluice", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"],
    user,
  );
  const port = await freePort();
  const launch = () => {
    const server = spawn(
      join(bin, "postgres"),
      ["-D", folder, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"],
      { ...user, stdio: "ignore" },
    );
    return { server, exited: new Promise((resolve) => server.once("exit", resolve)) };
  };
  let running = launch();
  const url = (database: string) => `postgres://sluice@127.0.0.1:${port}/${database}`;
  const query = async (sql: string) => {
    const client = new pg.Client({ connectionString: url("postgres") });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await until(() => query("select 1"), 20_000);
  let databases = 0;
  return {
    createDatabase: async () => {
      const name = `store_${++databases}`;
      await query(`create database ${name}`);
      return url(name);
    },
    crash: async () => {
      running.server.kill("SIGQUIT");
      await running.exited;
    },
    restart: async () => {
      running = launch();
      await until(() => query("select 1"), 20_000);
    },
    stop: async () => {
      running.server.kill("SIGINT");
      await running.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** initdb beside postgres: on the PATH, or where Debian keeps it. */
async function findBinaries(): Promise<string> {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? (await readdir(debian)).sort().reverse() : [];
  const folders = [
    ...(process.env["PATH"] ?? "").split(":"),
    ...versions.map((version) => join(debian, version, "bin")),
  ];
  const found = folders.find(
    (folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")),
  );
  if (!found) throw new Error("PostgreSQL's server is needed: install the package postgresql");
  return found;
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const { stdout } = await promisify(execFile)("id", ["-u", "nobody"]);
  const group = await promisify(execFile)("id", ["-g", "nobody"]);
  return { uid: Number(stdout), gid: Number(group.stdout) };
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
