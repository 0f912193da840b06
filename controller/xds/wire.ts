/**
 * Messages of the delta ADS service as they go over gRPC, for both sides of a call. An agent and its controller say three
 * things more than Envoy's protocol has words for, in messages of the same form:
 *
 * - type `sluice/served`, from the agent: which versions its Envoy was seen to serve, what is gone (`*` is everything),
 *   and, with an error, what it refuses. The first one tells that an agent is there.
 * - type `sluice/measured`, from the agent: how its requests ended, in numbers.
 * - type `sluice/settled`, from the controller: all that should be sent was sent; the digest of it is the version, and a
 *   nonce tells that it wants to be told `sluice/measured`.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { kinds, type Kind } from "./kinds.ts";
import { typeUrlPrefix, type Protos } from "./protos.ts";
import type { Resource } from "./cache.ts";
import type { Rejection } from "./stream/kind-state.ts";
import type { Counters } from "../canary/counters.ts";

export const servedType = "sluice/served";
export const settledType = "sluice/settled";
export const measuredType = "sluice/measured";
export const deltaPath =
  "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

export const typeUrls = Object.fromEntries(
  kinds.map(({ name, message }) => [name, typeUrlPrefix + message]),
) as Record<Kind, string>;

export interface DeltaRequest {
  node?: { id: string } | undefined;
  typeUrl: string;
  resourceNamesSubscribe: string[];
  resourceNamesUnsubscribe: string[];
  initialResourceVersions: Record<string, string>;
  responseNonce: string;
  errorDetail?: { message: string } | undefined;
}

export interface DeltaResponse {
  kind: Kind;
  nonce: string;
  resources: { name: string; resource: Resource }[];
  removed: string[];
}

/** All was sent that should be; only an agent understands it. */
export interface Settled {
  digest: string;
  measure: boolean;
}

/** What an agent reads of an answer. */
export interface WireResponse {
  typeUrl: string;
  nonce: string;
  systemVersionInfo: string;
  resources: { name: string; version: string; resource?: { value: Uint8Array } }[];
  removedResources: string[];
}

export interface Wire {
  readRequest(bytes: Buffer): DeltaRequest;
  writeRequest(request: Partial<DeltaRequest>): Buffer;
  readResponse(bytes: Buffer): WireResponse;
  writeResponse(response: DeltaResponse): Buffer;
  writeSettled(settled: Settled): Buffer;
}

export function deltaWire(protos: Protos): Wire {
  const request = protos.message("envoy.service.discovery.v3.DeltaDiscoveryRequest");
  const response = protos.message("envoy.service.discovery.v3.DeltaDiscoveryResponse");
  const write = (schema: typeof request, value: object) =>
    Buffer.from(toBinary(schema, create(schema, value as never)));
  return {
    readRequest: (bytes) => fromBinary(request, bytes) as unknown as DeltaRequest,
    writeRequest: (value) => write(request, value),
    readResponse: (bytes) => fromBinary(response, bytes) as unknown as WireResponse,
    writeResponse: ({ kind, nonce, resources, removed }) =>
      write(response, {
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
      }),
    writeSettled: ({ digest: systemVersionInfo, measure }) =>
      write(response, {
        ...{ typeUrl: settledType, systemVersionInfo },
        nonce: measure ? measuredType : "",
      }),
  };
}

export const kindOf = (typeUrl: string): Kind | undefined =>
  kinds.find(({ name }) => typeUrls[name] === typeUrl)?.name;

export interface Report {
  /** Whether all that was told before counts no more. */
  everything: boolean;
  gone: { kind: Kind; name: string }[];
  served: { kind: Kind; name: string; version: string }[];
  /** When there is one, nothing is `served`. */
  refusal: Rejection | null;
}

/** The same as a request. */
export const writeReport = (report: Partial<Report>): Partial<DeltaRequest> => {
  const { everything = false, gone = [], served = [], refusal } = report;
  const told = refusal ? [refusal] : served;
  return {
    typeUrl: servedType,
    resourceNamesUnsubscribe: [
      ...(everything ? ["*"] : []),
      ...gone.map(({ kind, name }) => keyOf(kind, name)),
    ],
    initialResourceVersions: Object.fromEntries(
      told.map(({ kind, name, version }) => [keyOf(kind, name), version]),
    ),
    ...(refusal && { errorDetail: { message: refusal.message } }),
  };
};

/** Names that belong to no kind are passed over. */
export function readReport(request: DeltaRequest): Report {
  const versions = Object.entries(request.initialResourceVersions).flatMap(([key, version]) => {
    const seen = readKey(key);
    return seen ? [{ ...seen, version }] : [];
  });
  const message = request.errorDetail?.message;
  return {
    everything: request.resourceNamesUnsubscribe.includes("*"),
    gone: request.resourceNamesUnsubscribe.flatMap((key) => readKey(key) ?? []),
    served: message === undefined ? versions : [],
    refusal: message === undefined || !versions[0] ? null : { ...versions[0], message },
  };
}

export const writeMeasured = (counters: Counters): Partial<DeltaRequest> => ({
  typeUrl: measuredType,
  initialResourceVersions: Object.fromEntries(
    Object.entries(counters).map(([name, value]) => [name, String(value)]),
  ),
});

export function readMeasured({ initialResourceVersions: said }: DeltaRequest): Counters {
  const number = (name: keyof Counters) => Number(said[name] ?? 0) || 0;
  return { requests: number("requests"), failures: number("failures"), faults: number("faults") };
}

/** A resource's name among those of all kinds. */
export const keyOf = (kind: Kind, name: string): string => `${kind} ${name}`;

function readKey(key: string): { kind: Kind; name: string } | null {
  const space = key.indexOf(" ");
  const kind = kinds.find(({ name }) => name === key.slice(0, space))?.name;
  return kind ? { kind, name: key.slice(space + 1) } : null;
}
