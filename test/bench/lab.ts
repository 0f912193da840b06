/**
 * One Envoy with a listener per contestant in front of one nginx, and wrk to ask. Measures the CPU that
 * the Envoy process takes per request, contestants interleaved, so that what else the machine does
 * falls on all alike. Figures are medians of ratios to the bare route of the same round.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEnvoy } from "../../controller/agent/find.ts";
import { eachLine } from "../../controller/observe/lines.ts";
import { http2Only } from "../../controller/xds/resources/cluster.ts";
import { until } from "../../controller/until.ts";

export interface Contestant {
  name: string;
  /** HTTP filters before the router. */
  filters: object[];
  /** Of the route. */
  metadata?: object;
  perFilter?: object;
  accessLogs?: object[];
  /** What is sent with each request, beside a key. */
  headers?: Record<string, string>;
  /** The whole listener instead, apart from its address; of its clusters there is `upstream`. */
  listener?: object;
}

export interface Figure {
  name: string;
  /** Microseconds of CPU per request, median. */
  micros: number;
  /** To the first contestant of the same round, median. */
  ratio: number;
  /** To another contestant of the same round, median. */
  against(index: number): number;
}

const router = {
  name: "router",
  typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface BenchLab {
  /** One per contestant. */
  ports: number[];
  /** Of what is behind them. */
  upstream: number;
  pid: number;
  /** Asks Envoy's own admin port. */
  admin(path: string): Promise<string>;
  close(): Promise<void>;
}

/** What Envoy has to do with beside its upstream. */
export interface Around {
  /** Ports of what Envoy itself tells something over gRPC, by the name of Envoy's cluster. */
  grpcServices?: Readonly<Record<string, number>>;
  /** Takes each line of Envoy's standard output. */
  output?: (line: string) => void;
  /** The port of an upstream of the caller's, in place of an nginx. */
  upstream?: number;
}

/** `services`: what policies call, by the name of Envoy's cluster: their ports. */
export async function startBenchLab(
  contestants: readonly Contestant[],
  services: Readonly<Record<string, number>> = {},
  { grpcServices = {}, output = console.log, upstream: given }: Around = {},
): Promise<BenchLab> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    for (const child of children) child.kill("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const upstream = given ?? (await freePort());
    if (given === undefined) {
      await writeFile(join(folder, "nginx.conf"), nginx(folder, upstream));
      const conf = ["-c", join(folder, "nginx.conf"), "-p", folder];
      children.push(spawn("nginx", conf, { stdio: "ignore" }));
    }
    const admin = await freePort();
    const ports = await Promise.all(contestants.map(freePort));
    const file = join(folder, "envoy.json");
    await writeFile(
      file,
      JSON.stringify(
        bootstrap(contestants, ports, [{ ...services, upstream }, grpcServices], admin),
      ),
    );
    const { path } = await findEnvoy();
    const envoy = spawn(
      path,
      ["-c", file, "--concurrency", "1", "--use-dynamic-base-id", "-l", "error"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    eachLine(envoy.stdout, output);
    children.push(envoy);
    for (const [i, port] of ports.entries()) {
      await until(async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/pets`, {
          headers: { "x-api-key": "k", ...contestants[i]?.headers },
        });
        if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
      }, 20_000);
    }
    return {
      ports,
      upstream,
      pid: envoy.pid as number,
      admin: async (path) => (await fetch(`http://127.0.0.1:${admin}${path}`)).text(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export async function measure(
  contestants: readonly Contestant[],
  rounds: number,
  seconds: number,
  services: Readonly<Record<string, number>> = {},
  around: Around = {},
): Promise<Figure[]> {
  const { ports, pid, close } = await startBenchLab(contestants, services, around);
  try {
    for (const [i, port] of ports.entries()) await load(port, 1, contestants[i]?.headers);
    const micros: number[][] = contestants.map(() => []);
    for (let round = 0; round < rounds; round++) {
      const order = contestants.map((_, i) => (i + round) % contestants.length);
      for (const i of order) {
        const before = await cpuMicros(pid);
        const requests = await load(ports[i] as number, seconds, contestants[i]?.headers);
        micros[i]?.push(((await cpuMicros(pid)) - before) / requests);
      }
    }
    return contestants.map(({ name }, i) => {
      const own = micros[i] as number[];
      const against = (other: number) =>
        median(own.map((one, round) => one / (micros[other]?.[round] as number)));
      return { name, micros: median(own), ratio: against(0), against };
    });
  } finally {
    await close();
  }
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** User and system time of all its threads, by the scheduler's count: `stat` has ticks of 10 ms. */
export async function cpuMicros(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const spent = threads.map(async (thread) => {
    const file = `/proc/${pid}/task/${thread}/schedstat`;
    return Number((await readFile(file, "utf8")).split(" ")[0]) / 1_000;
  });
  return (await Promise.all(spent)).reduce((sum, micros) => sum + micros, 0);
}

/** Asks for so many seconds; how many requests were answered. */
export function load(
  port: number,
  seconds: number,
  headers: Record<string, string> = {},
  path = "/pets",
): Promise<number> {
  const sent = Object.entries({ "x-api-key": "k", ...headers });
  return new Promise((resolve, reject) => {
    const wrk = spawn("wrk", [
      "-t1",
      "-c16",
      `-d${seconds}s`,
      ...sent.flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      `http://127.0.0.1:${port}${path}`,
    ]);
    let text = "";
    wrk.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    wrk.on("error", reject);
    wrk.on("close", () => {
      const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
      if (!requests || /Non-2xx/.test(text)) reject(new Error(text));
      else resolve(requests);
    });
  });
}

const nginx = (folder: string, port: number): string => `
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log /dev/null;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000;
  client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
  uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  server { listen 127.0.0.1:${port}; location / { return 200 "hello\\n"; } } }
`;

function bootstrap(
  contestants: readonly Contestant[],
  ports: readonly number[],
  services: readonly Readonly<Record<string, number>>[],
  admin: number,
): object {
  const address = (port: number) => ({
    socket_address: { address: "127.0.0.1", port_value: port },
  });
  return {
    node: { id: "bench", cluster: "bench" },
    admin: { address: address(admin) },
    static_resources: {
      listeners: contestants.map(({ listener, filters, metadata, perFilter, accessLogs }, i) => ({
        name: `l${i}`,
        address: address(ports[i] as number),
        filter_chains: [
          {
            filters: [
              {
                name: "hcm",
                typed_config: {
                  "@type":
                    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                  stat_prefix: `l${i}`,
                  ...(accessLogs && { access_log: accessLogs }),
                  http_filters: [...filters, router],
                  route_config: {
                    virtual_hosts: [
                      {
                        name: "v",
                        domains: ["*"],
                        routes: [
                          {
                            name: `api/route${i}@0`,
                            match: { prefix: "/" },
                            route: { cluster: "upstream" },
                            ...(metadata && { metadata }),
                            ...(perFilter && { typed_per_filter_config: perFilter }),
                          },
                        ],
                      },
                    ],
                  },
                },
              },
            ],
          },
        ],
        ...listener,
      })),
      clusters: services.flatMap((ports, isGrpc) =>
        Object.entries(ports).map(([name, port]) => ({
          name,
          type: "STATIC",
          connect_timeout: "1s",
          ...(isGrpc && { typed_extension_protocol_options: http2Only }),
          load_assignment: {
            cluster_name: name,
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
          },
        })),
      ),
    },
  };
}
