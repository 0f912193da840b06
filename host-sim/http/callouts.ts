/** Calls that modules make to clusters, outside any request. */
import { keep } from "../bounded.ts";
import type { Clock, Timer } from "../state/clock.ts";
import { HeaderMap, type Pair } from "./headers.ts";
import {
  UpstreamCall,
  type ResetReason,
  type Upstream,
  type UpstreamRequest,
  type Waiting,
} from "./upstream.ts";

export interface CalloutRecord extends UpstreamRequest {
  /** What came back: a status, or why nothing did; null while it is under way. */
  result: number | "reset" | "timeout" | null;
}

export interface CalloutAnswer {
  headers: HeaderMap;
  body: Uint8Array;
  trailers: HeaderMap;
}

export interface CalloutHandle {
  cancel(): void;
}

/** Envoy's words for an upstream that cannot be reached; the answer is an ordinary 503 to the module. */
const unreachable: Record<ResetReason, string> = {
  refused:
    "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure",
  reset:
    "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
};

export class Callouts {
  /** Under way now. */
  pending = 0;
  readonly seen: CalloutRecord[] = [];

  constructor(
    readonly clusters: Record<string, Upstream>,
    private readonly clock: Clock,
    private readonly waiting: Waiting,
  ) {}

  has(cluster: string): boolean {
    return Object.hasOwn(this.clusters, cluster);
  }

  /** Null as an answer is Envoy's failure without an answer. A timeout of 0 is none. */
  send(
    request: UpstreamRequest,
    timeoutMs: number,
    done: (answer: CalloutAnswer | null) => void,
  ): { handle: CalloutHandle; record: CalloutRecord } {
    const record: CalloutRecord = { ...request, result: null };
    keep(this.seen, record);
    this.pending++;
    let timer: Timer | undefined;
    const asked = this.clock.now;
    let open = true;
    let headers: HeaderMap | null = null;
    const body: Uint8Array[] = [];
    const finish = (result: CalloutRecord["result"], answer: CalloutAnswer | null): void => {
      if (!open) return;
      open = false;
      this.pending--;
      this.clock.cancel(timer);
      call.cancel();
      record.result = result;
      done(answer);
    };
    const complete = (trailers: Pair[]): void =>
      finish(Number(headers!.get(":status")), {
        headers: headers!,
        body: Buffer.concat(body),
        trailers: new HeaderMap("trailers", trailers),
      });
    const call = new UpstreamCall(
      this.clock,
      this.waiting,
      {
        headers: (map, end) => {
          headers = map;
          map.put("x-envoy-upstream-service-time", String(Math.round(this.clock.now - asked)));
          if (end) complete([]);
        },
        data: (bytes, end) => {
          body.push(bytes);
          if (end) complete([]);
        },
        trailers: (map) => complete(map.pairs),
        reset: (reason) =>
          headers ? finish("reset", null) : finish(503, hostAnswer(503, unreachable[reason])),
      },
      request.method === "HEAD",
    );
    if (timeoutMs > 0)
      timer = this.clock.after(timeoutMs, () =>
        finish("timeout", hostAnswer(504, "upstream request timeout")),
      );
    // Envoy never answers inside the hostcall.
    const start = this.clock.after(0, () => call.start(this.clusters[request.cluster]!, request));
    const cancel = (): void => {
      this.clock.cancel(start);
      finish("reset", null);
    };
    return { handle: { cancel: () => ((done = () => {}), cancel()) }, record };
  }
}

const hostAnswer = (status: number, text: string): CalloutAnswer => ({
  headers: HeaderMap.of("response", [
    [":status", String(status)],
    ["content-length", String(text.length)],
    ["content-type", "text/plain"],
  ]),
  body: Buffer.from(text),
  trailers: new HeaderMap("trailers"),
});
