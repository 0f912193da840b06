/** A gRPC call of one message to another service, while a request waits. */
import { proxy_grpc_call } from "./env";
import { encodePairs, pairsSize, sendable } from "./hostcalls/pairs";
import { encode, written } from "./hostcalls/text";

const DEFAULT_TIMEOUT_MS: u32 = 5000;

export class GrpcCall {
  /** Tells the answers of several calls apart; free for the policy to choose. */
  tag: i32 = 0;
  private pairs: string[] = [];
  private message: Uint8Array = new Uint8Array(0);
  private timeoutMs: u32 = DEFAULT_TIMEOUT_MS;

  /** `cluster` is the name of an Envoy cluster that speaks HTTP/2; `service` such as `pets.Pets`. */
  constructor(
    private cluster: string,
    private service: string,
    private method: string,
  ) {}

  named(tag: i32): GrpcCall {
    this.tag = tag;
    return this;
  }

  metadata(name: string, value: string): GrpcCall {
    this.pairs.push(name);
    this.pairs.push(value);
    return this;
  }

  /** The message in its wire form. */
  send(message: Uint8Array): GrpcCall {
    this.message = message;
    return this;
  }

  /** Milliseconds to wait, at least 1. There is always a limit: 5 s unless said otherwise. */
  timeout(ms: u32): GrpcCall {
    this.timeoutMs = max(ms, <u32>1);
    return this;
  }

  /** Owned by the engine. The host's token, or -1 if it will not make the call. */
  dispatch(): i64 {
    if (!sendable(this.pairs)) return -1;
    const metadata = encodePairs(this.pairs);
    if (!metadata) return -1;
    const metadataSize = pairsSize;
    const cluster = encode(this.cluster);
    const clusterSize = written;
    const service = encode(this.service);
    const serviceSize = written;
    const method = encode(this.method);
    const methodSize = written;
    const out = __alloc(4);
    const status = proxy_grpc_call(
      cluster,
      clusterSize,
      service,
      serviceSize,
      method,
      methodSize,
      metadata,
      metadataSize,
      this.message.dataStart,
      this.message.byteLength,
      this.timeoutMs,
      out,
    );
    return status == 0 ? <i64>load<u32>(out) : -1;
  }
}
