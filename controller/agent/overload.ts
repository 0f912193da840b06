/** How much an Envoy may take, and what it does then: as Envoy's guide for the edge says. */
import { totalmem } from "node:os";
import { any, type JsonObject } from "../xds/protos.ts";

export interface OverloadLimits {
  /** Connections of clients at one time; further ones are closed at once. */
  maxConnections?: number;
  /** The heap near which Envoy gives memory back, then ends kept connections, then refuses requests. */
  maxHeapBytes?: number;
}

const monitors = "envoy.extensions.resource_monitors";

/** Without a limit of the heap there is none: an Envoy elsewhere has a memory that is not known here. */
export function overloadManager({
  maxConnections = 50_000,
  maxHeapBytes,
}: OverloadLimits): JsonObject {
  const connections: JsonObject = {
    name: "envoy.resource_monitors.global_downstream_max_connections",
    typed_config: any(`${monitors}.downstream_connections.v3.DownstreamConnectionsConfig`, {
      max_active_downstream_connections: String(maxConnections),
    }),
  };
  if (maxHeapBytes === undefined) return { resource_monitors: [connections] };
  const heap = "envoy.resource_monitors.fixed_heap";
  const at = (name: string, value: number): JsonObject => ({
    name,
    triggers: [{ name: heap, threshold: { value } }],
  });
  return {
    refresh_interval: "0.25s",
    resource_monitors: [
      connections,
      {
        name: heap,
        typed_config: any(`${monitors}.fixed_heap.v3.FixedHeapConfig`, {
          max_heap_size_bytes: String(maxHeapBytes),
        }),
      },
    ],
    actions: [
      at("envoy.overload_actions.shrink_heap", 0.9),
      at("envoy.overload_actions.disable_http_keepalive", 0.92),
      at("envoy.overload_actions.stop_accepting_requests", 0.95),
    ],
  };
}

/** The limits of an Envoy on this machine: four fifths of the memory that the machine or the container has, unless told. */
export function limitsHere({
  maxConnections,
  maxHeapBytes,
}: OverloadLimits = {}): OverloadLimits & { maxHeapBytes: number } {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return {
    ...(maxConnections !== undefined && { maxConnections }),
    maxHeapBytes: maxHeapBytes ?? Math.floor(memory * 0.8),
  };
}
