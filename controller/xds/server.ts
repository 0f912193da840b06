/**
 * The delta ADS service over gRPC: one `DeltaStream` per connected Envoy, all fed from one cache.
 */
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { UserError } from "../errors.ts";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { kinds, type Kind } from "./kinds.ts";
import { typeUrlPrefix, type Protos } from "./protos.ts";
import { DeltaStream, type DeltaRequest, type DeltaResponse } from "./stream.ts";
import type { ResourceCache } from "./cache.ts";

const requestMessage = "envoy.service.discovery.v3.DeltaDiscoveryRequest";
const responseMessage = "envoy.service.discovery.v3.DeltaDiscoveryResponse";

export interface AdsOptions {
  protos: Protos;
  cache: ResourceCache;
  /** Default 127.0.0.1. */
  host?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  credentials?: ServerCredentials;
  log?: (line: string) => void;
}

export interface AdsServer {
  port: number;
  /** The Envoys connected now. */
  streams(): DeltaStream[];
  /** Calls back when an Envoy came, answered or went, until the returned function is called. */
  watch(listener: () => void): () => void;
  close(): Promise<void>;
}

export async function serveAds(options: AdsOptions): Promise<AdsServer> {
  const { protos, cache, log } = options;
  const streams = new Set<DeltaStream>();
  const listeners = new Set<() => void>();
  const notify = () => listeners.forEach((listener) => listener());

  const handle = (call: ServerDuplexStream<DeltaRequest, DeltaResponse>) => {
    const stream = new DeltaStream(cache, {
      send: (response) => void call.write(response),
      answered: notify,
    });
    streams.add(stream);
    const end = () => {
      if (!streams.delete(stream)) return;
      stream.close();
      notify();
    };
    call.on("data", (request: DeltaRequest) => {
      if (request.errorDetail)
        log?.(`envoy ${stream.nodeId} refused ${request.typeUrl}: ${request.errorDetail.message}`);
      stream.receive(request);
    });
    call.on("end", () => {
      end();
      call.end();
    });
    call.on("close", end);
    call.on("error", end);
  };

  const unwatch = cache.watch((changed) => streams.forEach((stream) => stream.changed(changed)));
  const server = new Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 5_000,
  });
  server.addService(service(protos), { deltaAggregatedResources: handle });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      `${options.host ?? "127.0.0.1"}:${options.port ?? 0}`,
      options.credentials ?? ServerCredentials.createInsecure(),
      (error, bound) => (error ? reject(inPlainWords(error, options.port)) : resolve(bound)),
    ),
  );
  return {
    port,
    streams: () => [...streams],
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      unwatch();
      streams.forEach((stream) => stream.close());
      server.forceShutdown();
    },
  };
}

function service(protos: Protos): ServiceDefinition {
  const request = protos.message(requestMessage);
  const response = protos.message(responseMessage);
  return {
    deltaAggregatedResources: {
      path: "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
      requestStream: true,
      responseStream: true,
      requestDeserialize: (bytes: Buffer) => fromBinary(request, bytes) as unknown as DeltaRequest,
      responseSerialize: (value: DeltaResponse) =>
        Buffer.from(toBinary(response, create(response, wire(value)))),
      requestSerialize: () => Buffer.alloc(0),
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  };
}

const typeUrls = Object.fromEntries(
  kinds.map(({ name, message }) => [name, typeUrlPrefix + message]),
) as Record<Kind, string>;

const wire = ({ kind, nonce, resources, removed }: DeltaResponse): Record<string, unknown> => ({
  typeUrl: typeUrls[kind],
  nonce,
  removedResources: removed,
  resources: resources.map(({ name, resource }) => ({
    name,
    version: resource.version,
    resource: {
      $typeName: "google.protobuf.Any",
      typeUrl: typeUrls[kind],
      value: resource.bytes,
    },
  })),
});

/** Only Envoys with a certificate of this authority may ask. PEM texts. */
export const mutualTls = (tls: {
  certificate: string;
  key: string;
  clientAuthority: string;
}): ServerCredentials =>
  ServerCredentials.createSsl(
    Buffer.from(tls.clientAuthority),
    [{ cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) }],
    true,
  );

/** gRPC tells of a taken port in a sentence about addresses. */
const inPlainWords = (error: Error, port: number | undefined): Error =>
  error.message.includes("EADDRINUSE")
    ? new UserError(`port ${port} for xDS is taken: is another gateway running?`)
    : error;
