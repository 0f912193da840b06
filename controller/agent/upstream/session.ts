/**
 * One call to one controller: it sends resources into the cache, and hears what is served of them. What the cache holds
 * at the start is told by its versions, so that only differences come.
 */
import type { ClientDuplexStream } from "@grpc/grpc-js";
import { versionOf, type EncodedChange, type ResourceCache } from "../../xds/cache.ts";
import { kinds } from "../../xds/kinds.ts";
import {
  deltaPath,
  kindOf,
  measuredType,
  servedType,
  settledType,
  typeUrls,
  writeMeasured,
  writeReport,
  type DeltaRequest,
  type Report,
  type Wire,
  type WireResponse,
} from "../../xds/wire.ts";
import type { Counters } from "../../canary/counters.ts";
import type { ControllerAddress } from "./controllers.ts";
import { words } from "./words.ts";

export interface SessionOptions {
  controller: ControllerAddress;
  nodeId: string;
  wire: Wire;
  cache: ResourceCache;
  /** Everything that the controller has is in the cache. It may want to know how requests end. */
  settled(measure: boolean): void;
  signal: AbortSignal;
}

export interface Session {
  report(report: Partial<Report>): void;
  measured(counters: Counters): void;
  /** Rejects when the call ends, with the reason. */
  ended: Promise<never>;
}

/** A controller that says nothing this long is no better than one that is not there. */
const firstWordMs = 5_000;

export async function openSession(options: SessionOptions): Promise<Session> {
  const { controller, nodeId, wire, cache, signal } = options;
  const metadata = await controller.metadata();
  const client = controller.connect();
  const call: ClientDuplexStream<
    Partial<DeltaRequest>,
    WireResponse
  > = client.makeBidiStreamRequest(deltaPath, wire.writeRequest, wire.readResponse, metadata);
  const ended = new Promise<never>((_, reject) => {
    const end = (why: string) => {
      clearTimeout(silence);
      signal.removeEventListener("abort", stop);
      call.cancel();
      client.close();
      reject(new Error(`${controller.url}: ${why}`));
    };
    const stop = () => end("ended by the agent");
    const silence = setTimeout(() => end(`no word within ${firstWordMs} ms`), firstWordMs);
    signal.addEventListener("abort", stop);
    call.on("error", (error) => end(words(error)));
    call.on("end", () => end("the controller ended the call"));
    call.on("data", (response: WireResponse) => {
      clearTimeout(silence);
      if (response.typeUrl !== settledType) {
        const wrong = take(cache, response);
        if (wrong) return end(wrong);
        call.write({ typeUrl: response.typeUrl, responseNonce: response.nonce });
      } else if (response.systemVersionInfo === cache.digest())
        options.settled(response.nonce === measuredType);
    });
  });
  ended.catch(() => {});
  call.write({ node: { id: nodeId }, typeUrl: servedType });
  const held = cache.all();
  for (const { name: kind } of kinds)
    call.write({
      typeUrl: typeUrls[kind],
      resourceNamesSubscribe: ["*"],
      initialResourceVersions: Object.fromEntries(
        held.flatMap(({ kind: other, name, resource }) =>
          other === kind ? [[name, resource!.version]] : [],
        ),
      ),
    });
  return {
    ended,
    report: (report) => void call.write(writeReport(report)),
    measured: (counters) => void call.write(writeMeasured(counters)),
  };
}

/** Returns what is wrong with a response, and takes nothing of it then. */
function take(cache: ResourceCache, response: WireResponse): string | null {
  const kind = kindOf(response.typeUrl);
  if (!kind) return `expected a known type of resource, found ${response.typeUrl}`;
  const changes: EncodedChange[] = [];
  for (const { name, version, resource } of response.resources) {
    // A copy: the bytes are a view of the whole message, which would stay as long as one of its resources.
    const bytes = Uint8Array.from(resource?.value ?? []);
    if (versionOf(bytes) !== version) return `${kind} ${name} is not what its version says`;
    changes.push({ kind, name, resource: { version, bytes } });
  }
  for (const name of response.removedResources) changes.push({ kind, name, resource: null });
  cache.take(changes);
  return null;
}
