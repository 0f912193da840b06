/** A whole gateway for a test: random ports, a store of its own, a real Envoy, and an upstream that records. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway, type Gateway, type GatewayOptions } from "../../controller/gateway.ts";
import { send, type ReceivedAnswer, type SentRequest } from "../runners/client.ts";
import { startUpstream, type UpstreamServer } from "../runners/upstream.ts";
import { tinyModule } from "./tiny-filter.ts";

export interface TestGateway {
  gateway: Gateway;
  upstream: UpstreamServer;
  logs: string[];
  manage(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Managed>;
  /** Sends through Envoy. */
  request(request: SentRequest | string): Promise<ReceivedAnswer & { text: string }>;
  close(): Promise<void>;
}

export interface Managed {
  status: number;
  headers: Headers;
  // The management API's answers are read as a user's script would read them.
  body: Record<string, never> & { errors?: { field: string; message: string }[] };
}

export const anyPorts = {
  management: 0,
  admin: 0,
  adminPublished: null,
  metrics: 0,
  engineAdmin: 0,
  engineMetrics: 0,
  xds: 0,
  http: 0,
  https: null,
  envoyAdmin: 0,
};

export async function startTestGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-gateway-"));
  const upstream = await startUpstream(({ method, path }) => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method, path }),
  }));
  const logs: string[] = [];
  const gateway = await startGateway({
    store: join(folder, "gateway.db"),
    module: await tinyModule(),
    trafficHost: "127.0.0.1",
    concurrency: 1,
    log: (line) => logs.push(line),
    accessLog: "off",
    ...options,
    ports: { ...anyPorts, ...options.ports },
  });
  if (options.envoy !== "none") await gateway.ready();
  const base = `http://127.0.0.1:${gateway.ports.management}/api/management/v1`;
  return {
    gateway,
    upstream,
    logs,
    manage: async (method, path, body, headers = {}) => {
      const answer = await fetch(path.startsWith("http") ? path : base + path, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : {} };
    },
    request: async (request) => {
      const answer = await send(
        gateway.ports.http!,
        typeof request === "string" ? { path: request } : request,
      );
      return { ...answer, text: new TextDecoder().decode(answer.body) };
    },
    close: async () => {
      await gateway.stop();
      await upstream.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A RestApi with the given parts; `spec` overrides. */
export const restApi = (name: string, port: number, spec: object = {}): object => ({
  apiVersion: "gateway.api-platform.wso2.com/v1",
  kind: "RestApi",
  metadata: { name },
  spec: {
    displayName: name,
    version: "v1.0",
    context: `/${name}`,
    upstream: { main: { url: `http://127.0.0.1:${port}` } },
    operations: [{ method: "GET", path: "/*" }],
    ...spec,
  },
});
