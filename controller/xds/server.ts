/**
 * The delta ADS service over gRPC: one `DeltaStream` per connected Envoy or agent, all fed from one cache; and beside it,
 * for agents, the feed.
 */
import {
  Server,
  ServerCredentials,
  status,
  type ServerDuplexStream,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { reason, UserError } from "../errors.ts";
import type { AskFeed } from "../feed/serve.ts";
import { tokenOf, type Admit } from "./admission.ts";
import { assigned, type Instead } from "../canary/assigned.ts";
import type { Meters } from "../observe/meters.ts";
import type { ResourceCache } from "./cache.ts";
import { feedService, serveFeedCalls } from "./feed-calls.ts";
import type { Protos } from "./protos.ts";
import { DeltaStream } from "./stream.ts";
import {
  deltaPath,
  deltaWire,
  type DeltaRequest,
  type DeltaResponse,
  type Settled,
  type Wire,
} from "./wire.ts";

export interface AdsOptions {
  protos: Protos;
  cache: ResourceCache;
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 takes any free one, which is the default without a socket. */
  port?: number;
  /** A Unix socket: whoever can open it may call. */
  socket?: string;
  credentials?: ServerCredentials;
  /** Everybody may call the port unless it is told who. */
  admit?: Admit;
  feed?: AskFeed;
  /** What single gateways get in place of what all get, and whether all have to say how they do. */
  canary?: { instead: Instead; measures: boolean };
  meters?: Meters;
  log?: (line: string) => void;
}

export interface AdsServer {
  /** 0 when there is only a socket. */
  port: number;
  /** The Envoys connected now. */
  streams(): DeltaStream[];
  /** Calls back when an Envoy came, answered or went, until the returned function is called. */
  watch(listener: () => void): () => void;
  /** Ends the calls of those that may not call any more. */
  admitAgain(): void;
  close(): Promise<void>;
}

export async function serveAds(options: AdsOptions): Promise<AdsServer> {
  const { protos, cache, log, meters } = options;
  const streams = new Map<DeltaStream, () => void>();
  const listeners = new Set<() => void>();
  const notify = () => listeners.forEach((listener) => listener());

  const handle = (admit: Admit) => (call: AdsCall) => {
    const refuse = (refused: string) => {
      log?.(`refused a gateway at ${call.getPeer()}: ${refused}`);
      call.emit("error", { code: status.UNAUTHENTICATED, details: refused });
    };
    const admitted = admit(tokenOf(call.metadata));
    if ("refused" in admitted) return refuse(admitted.refused);
    let told = "";
    const canary = options.canary ?? { instead: () => null, measures: false };
    const offer = assigned(cache, () => stream.nodeId, canary.instead);
    const stream: DeltaStream = new DeltaStream(offer, {
      ...(admitted.gateway !== null && { nodeId: admitted.gateway }),
      send: (response) => {
        told = "";
        countSent(meters, response);
        call.write(response);
      },
      answered: notify,
      refused: ({ kind, name, message }) =>
        log?.(`envoy ${stream.nodeId} refused ${kind} ${name}: ${message}`),
      settled: () => {
        const settled = { digest: offer.digest(), measure: canary.measures };
        const words = JSON.stringify(settled);
        if (!stream.isAgent || told === words) return;
        told = words;
        call.write(settled);
      },
    });
    const end = () => {
      if (!streams.delete(stream)) return;
      stream.close();
      notify();
    };
    streams.set(stream, () => {
      const now = admit(tokenOf(call.metadata));
      if ("gateway" in now) return;
      end();
      refuse(now.refused);
    });
    call.on("data", (request: DeltaRequest | Unreadable) => {
      if ("unreadable" in request) {
        end();
        call.emit("error", { code: status.INVALID_ARGUMENT, details: request.unreadable });
        return;
      }
      if (request.responseNonce)
        meters?.count("xds_snapshot_ack_total", { status: request.errorDetail ? "nack" : "ack" });
      if (!stream.receive(request)) {
        end();
        call.emit("error", { code: status.RESOURCE_EXHAUSTED, details: "too many names" });
      }
    });
    call.on("end", () => {
      end();
      call.end();
    });
    call.on("close", end);
    call.on("error", end);
  };

  const unwatch = cache.watch((changed) =>
    [...streams.keys()].forEach((stream) => stream.changed(changed)),
  );
  const wire = deltaWire(protos);
  const servers: Server[] = [];
  const listen = (address: string, credentials: ServerCredentials, admit: Admit) => {
    const server = new Server(serverOptions);
    servers.push(server);
    server.addService(service(wire), { deltaAggregatedResources: handle(admit) });
    if (options.feed)
      server.addService(
        feedService,
        serveFeedCalls(options.feed, (call) => admit(tokenOf(call))),
      );
    return new Promise<number>((resolve, reject) =>
      server.bindAsync(address, credentials, (error, bound) =>
        error ? reject(inPlainWords(error, options.port)) : resolve(bound),
      ),
    );
  };
  const plain = ServerCredentials.createInsecure();
  const { socket, host = "127.0.0.1", credentials = plain, admit = everybody } = options;
  const shut = () => servers.forEach((server) => server.forceShutdown());
  const open = async (): Promise<number> => {
    if (socket) await listen(`unix:${socket}`, plain, everybody);
    if (socket && options.port === undefined) return 0;
    return listen(`${host}:${options.port ?? 0}`, credentials, admit);
  };
  const port = await open().catch((error: unknown) => {
    unwatch();
    shut();
    throw error;
  });
  return {
    port,
    streams: () => [...streams.keys()],
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    admitAgain: () => [...streams.values()].forEach((check) => check()),
    close: async () => {
      unwatch();
      streams.forEach((_, stream) => stream.close());
      shut();
    },
  };
}

function countSent(meters: Meters | undefined, { kind, resources, removed }: DeltaResponse): void {
  meters?.count("xds_pushes_total", { kind }, resources.length + removed.length);
  if (kind === "secret") meters?.count("sds_updates_total", {}, resources.length);
}

type AdsCall = ServerDuplexStream<DeltaRequest | Unreadable, DeltaResponse | Settled>;

/** What is no discovery request: gRPC itself would leave a call open that it could not read. */
interface Unreadable {
  unreadable: string;
}

function readable(wire: Wire, bytes: Buffer): DeltaRequest | Unreadable {
  try {
    return wire.readRequest(bytes);
  } catch (error) {
    return { unreadable: `expected a DeltaDiscoveryRequest: ${reason(error)}` };
  }
}

const everybody: Admit = () => ({ gateway: null });

/** An Envoy that comes back names all that it has: 5 MB with 10,000 APIs. */
const maxMessageBytes = 64 * 1_048_576;
/** Of one connection: a gateway needs two. */
const maxCalls = 100;

const serverOptions = {
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_concurrent_streams": maxCalls,
  "grpc.max_send_message_length": -1,
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
};

const service = (wire: Wire): ServiceDefinition => ({
  deltaAggregatedResources: {
    path: deltaPath,
    requestStream: true,
    responseStream: true,
    requestDeserialize: (bytes: Buffer) => readable(wire, bytes),
    responseSerialize: (answer: DeltaResponse | Settled) =>
      "digest" in answer ? wire.writeSettled(answer) : wire.writeResponse(answer),
    requestSerialize: wire.writeRequest,
    responseDeserialize: wire.readResponse,
  },
});

/** gRPC tells of a taken port in a sentence about addresses. */
const inPlainWords = (error: Error, port: number | undefined): Error =>
  error.message.includes("EADDRINUSE")
    ? new UserError(`port ${port} for xDS is taken: is another gateway running?`)
    : error;
