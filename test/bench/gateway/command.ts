/** The gateway as its user runs it: `ap gateway run` as a process of its own, with an Envoy of one worker. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shelfModule } from "../../../cli/run/shelf.ts";
import { until } from "../../../controller/until.ts";
import { cpuMicros } from "../lab.ts";
import { freePort } from "../../controller/fixtures/free-port.ts";

export interface RunningGateway {
  /** Where traffic goes. */
  http: number;
  /** Of Envoy. */
  pid: number;
  /** From its start to its first line, which says that Envoy takes requests. */
  startedMs: number;
  /** Throws unless the management API takes it. */
  manage(method: string, path: string, body?: unknown): Promise<void>;
  /** Another module with the policies of the one that serves, told apart by a mark; returns its hash. */
  upload(mark: string): Promise<string>;
  /** One request through Envoy over a kept connection: its status and headers. */
  get(path: string): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>;
  /** Resident memory, in MiB. */
  resident(): Promise<{ controller: number; envoy: number }>;
  /** The CPU that the controller took since its start, in milliseconds. */
  controllerCpu(): Promise<number>;
  /** One of Envoy's counters. */
  counter(name: string): Promise<number>;
  /** All of them that a pattern finds and that are not 0. */
  counters(pattern: string): Promise<string>;
  /** Leaves the store. */
  stop(): Promise<void>;
}

export interface Place {
  folder: string;
  remove(): Promise<void>;
}

export async function place(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

const ap = "dist/ap.js";
/** For a look into the gateway's process, such as `--cpu-prof`. */
const nodeFlags = (process.env["NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");

export async function runGateway({ folder }: Place): Promise<RunningGateway> {
  const [http, management, xds, admin] = await Promise.all([1, 2, 3, 4].map(freePort));
  const config = {
    controller: {
      server: { xds_port: xds, api_port: management },
      admin_server: { enabled: false },
    },
    router: {
      listener_port: http,
      https_enabled: false,
      envoy_admin_port: admin,
      concurrency: 1,
      access_logs: { enabled: false },
    },
    policy_engine: { admin: { enabled: false } },
  };
  const file = join(folder, "gateway.json");
  await writeFile(file, JSON.stringify(config));
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [...nodeFlags, ap, "gateway", "run", "--config", file, "--data", folder],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the gateway ended: ${said}`);
    if (!said.includes("traffic ")) throw new Error(`the gateway did not start: ${said}`);
  }, 120_000);
  const startedMs = performance.now() - began;
  const envoy = await childOf(child.pid!);
  const stats = async (query: string) =>
    (await fetch(`http://127.0.0.1:${admin}/stats?${query}`)).text();
  const api = `http://127.0.0.1:${management}/api/management/v1`;
  return {
    http: http!,
    pid: envoy,
    startedMs,
    manage: async (method, path, body) => {
      const answer = await fetch(api + path, {
        method,
        headers: { "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    },
    upload: async (mark) => {
      const body = marked(await shelfModule([], () => {}), mark);
      const answer = await fetch(`${api}/modules`, { method: "POST", body });
      return ((await answer.json()) as { hash: string }).hash;
    },
    get: getOver(new Agent({ keepAlive: true }), http!),
    resident: async () => ({
      controller: await residentOf(child.pid!),
      envoy: await residentOf(envoy),
    }),
    controllerCpu: async () => (await cpuMicros(child.pid!)) / 1_000,
    counter: async (name) =>
      Number((await stats(`filter=^${name.replaceAll(".", "\\.")}$`)).split(":").at(-1)),
    counters: (pattern) => stats(`usedonly&filter=${encodeURIComponent(pattern)}`),
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

const getOver =
  (agent: Agent, port: number): RunningGateway["get"] =>
  (path) =>
    new Promise((resolve, reject) => {
      const headers = { "user-agent": "bench" };
      const sent = request({ agent, host: "127.0.0.1", port, path, headers }, (answer) => {
        answer
          .resume()
          .once("end", () => resolve({ status: answer.statusCode!, headers: answer.headers }));
      });
      sent.once("error", reject).end();
    });

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}

async function childOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return Number(children.trim().split(" ").at(-1));
}

/** With a custom section more, which nobody reads. */
function marked(module: Uint8Array, mark: string): Uint8Array<ArrayBuffer> {
  const name = Buffer.from(mark);
  const section = [0, name.length + 1, name.length, ...name];
  return new Uint8Array([...module, ...section]);
}
