/** Sends generated requests to a running controller and says what was wrong with the answers. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import fc from "fast-check";
import { loadConfig } from "../../../controller/config/load.ts";
import type { OpenApi } from "../../../controller/describe/openapi.ts";
import { startGateway, type Gateway, type GatewayOptions } from "../../../controller/gateway.ts";
import { makeCertificate } from "../../../controller/tls/certificate.ts";
import { Allowed } from "../../controller/describe/allowed.ts";
import { anyPorts } from "../../controller/fixtures/gateway.ts";
import { tinyModule } from "../../controller/tiny-filter.ts";
import { requests, type Wanted } from "./requests.ts";
import { collections, decoded, World } from "./world.ts";

export interface Played {
  /** How many answers had which status. */
  statuses: Record<string, number>;
  faults: string[];
  /** Of the heap after a collection, in bytes, every so many requests; empty where nothing can be collected by hand. */
  heap: number[];
  writes: number;
}

export interface Play {
  seed: number;
  count: number;
  /** Called now and then. */
  told?: (line: string) => void;
}

const token = "a-token-of-a-fuzzer";
const password = "a long password";
/** A cheap one: what a password costs is not what is looked at. */
const hash = hashSync(password, 4);
const callers = ["admin", "developer", "consumer"] as const;
const mostFaults = 20;

export async function play({ seed, count, told = () => {} }: Play): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-fuzz-"));
  const config = join(folder, "gateway.yaml");
  await writeFile(config, "services: {users: {url: 'http://users.example'}}");
  const options: GatewayOptions = {
    ...{ store: join(folder, "gateway.db"), ports: anyPorts, envoy: "none", configDump: true },
    ...{ module: await tinyModule(), adminToken: token, apiKeys: { perUser: 1_000_000 } },
    shortForm: loadConfig({ file: config, env: {} }).config,
    users: callers.map((role) => ({ username: role, password: hash, roles: [role] })),
  };
  let gateway = await startGateway(options);
  try {
    const played = await new Player(gateway, { seed, count, told }).run();
    // What was accepted survives; what was refused does not come back.
    await gateway.stop();
    gateway = await startGateway(options);
    played.result.faults.push(...(await played.compare(gateway)));
    return played.result;
  } finally {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

class Player {
  readonly result: Played = { statuses: {}, faults: [], heap: [], writes: 0 };
  private readonly world = new World();

  constructor(
    private gateway: Gateway,
    private readonly wish: Required<Play>,
  ) {}

  async run(): Promise<this> {
    const { seed, count, told } = this.wish;
    const apis = await Promise.all(["management", "admin"].map((name) => this.describe(name)));
    for (const username of callers)
      this.world.there.set(
        "/users",
        (this.world.there.get("/users") ?? new Map()).set(username, {}),
      );
    const bytes = await tinyModule();
    const { certificate } = makeCertificate({ commonName: "ca", names: ["localhost"] });
    const example = (path: string) =>
      path === "/certificates" ? { name: "ca", certificate } : undefined;
    const all = apis.map((api) =>
      requests(api, { example, bytes }).map((wanted) => ({ wanted, api })),
    );
    const step = Math.max(1, Math.floor(count / 10));
    const weighed = fc.oneof({ arbitrary: all[0]!, weight: 5 }, all[1]!);
    const allowed = new Map(apis.map((api) => [api, new Allowed(api)]));
    for (let done = 0; done < count && this.result.faults.length < mostFaults;) {
      const batch = fc.sample(weighed, {
        seed: seed + done,
        numRuns: Math.min(step, count - done),
      });
      for (const { wanted, api } of batch) await this.send(wanted, allowed.get(api)!);
      for (const fault of this.result.faults.slice(-3)) told(fault.slice(0, 900));
      done += batch.length;
      globalThis.gc?.();
      if (globalThis.gc) this.result.heap.push(process.memoryUsage().heapUsed);
      told(`${done} requests, ${this.result.writes} writes, ${this.result.faults.length} faults`);
    }
    this.result.faults.push(...(await this.compare(this.gateway)));
    return this;
  }

  /** How what a gateway lists differs from what was accepted. */
  async compare(gateway: Gateway): Promise<string[]> {
    this.gateway = gateway;
    const found: string[] = [];
    for (const list of this.world.there.keys()) {
      const { status, text } = await this.fetch("GET", list, "admin", {}, null);
      const key = Object.entries(collections).find(([path]) =>
        new RegExp(`^${path.replace(/\{\w+\}/g, ".+")}$`).test(list),
      )![1].key;
      if (status !== 200) found.push(`${list}: ${status} ${text}`);
      else found.push(...this.world.differences(list, listed(text, key)));
    }
    return found;
  }

  private async describe(name: string): Promise<OpenApi> {
    const port = name === "admin" ? this.gateway.ports.admin : this.gateway.ports.management;
    return (await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json()) as OpenApi;
  }

  private async send(wanted: Wanted, allowed: Allowed): Promise<void> {
    const path = this.fill(wanted);
    const query = new URLSearchParams(wanted.query).toString();
    const { method, caller, body } = wanted;
    const full = query ? `${path}?${query}` : path;
    const answer = await this.fetch(method, full, caller, wanted.headers, body).catch(
      (error: unknown) => String((error as Error).cause ?? error),
    );
    const { statuses, faults } = this.result;
    const sent = `${caller} ${method} ${full} ${JSON.stringify(wanted.headers)} ${String(body).slice(0, 1_500)}`;
    if (typeof answer === "string") return void faults.push(`no answer (${answer}) to ${sent}`);
    const { status, text, type } = answer;
    statuses[status] = (statuses[status] ?? 0) + 1;
    const fault =
      status >= 500
        ? `${status} ${text}`
        : allowed.fault({ method, path: answer.path, status, type, text });
    if (fault) return void faults.push(`${fault}\n  to ${sent}`);
    if (status < 300 && method !== "GET") this.result.writes++;
    const told = text && type?.includes("json") ? (JSON.parse(text) as Record<string, never>) : {};
    this.world.note(wanted, path, status, told);
  }

  /** The path with ids in place: known ones where a number says which. */
  private fill({ path, ids }: Wanted): string {
    let filled = "";
    const [first = "", ...rest] = path.split(/\{\w+\}/);
    filled = first;
    rest.forEach((part, i) => {
      const wanted = ids[i]!;
      const known = this.world.ids(decoded(filled.replace(/\/$/, "")));
      const id =
        typeof wanted === "string"
          ? wanted
          : encodeURIComponent(known[wanted % known.length] ?? "none");
      filled += id + part;
    });
    return filled;
  }

  private async fetch(
    method: string,
    path: string,
    caller: Wanted["caller"],
    headers: Record<string, string>,
    body: string | Uint8Array | null,
  ) {
    const { ports } = this.gateway;
    const isAdmin = /^\/(admin|health|xds_sync|config_dump)/.test(path);
    const url = isAdmin
      ? `http://127.0.0.1:${ports.admin}${path}`
      : `http://127.0.0.1:${ports.management}/api/management/v1${path}`;
    const authorization = path.startsWith("/admin/routes")
      ? `Bearer ${caller === "admin" ? token : "wrong"}`
      : `Basic ${Buffer.from(`${caller}:${password}`).toString("base64")}`;
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...(caller !== "nobody" && { authorization }) },
      ...(body !== null && { body: body as BodyInit }),
      redirect: "manual",
    });
    // What the client made of dots in the path is what was asked.
    const asked = new URL(url).pathname.replace("/api/management/v1", "");
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get("content-type"), text, path: asked };
  }
}

/** What an answer lists; documents that routes of the short form became are compared as routes. */
const listed = (text: string, key: string): Record<string, unknown>[] =>
  (JSON.parse(text) as Record<string, { metadata?: { name: string } }[]>)[key]!.filter(
    ({ metadata }) => !metadata?.name.startsWith("route-"),
  );
