/** A request to another service while this one waits, and its answer. */
import { BufferType, MapType } from "./abi";
import { proxy_http_call } from "./env";
import { Headers } from "./headers";
import { bufferBytes, bufferSize } from "./hostcalls/body";
import { HeaderMap } from "./hostcalls/headers";
import { encodePairs, pairsSize, sendable } from "./hostcalls/pairs";
import { decode, encode, written } from "./hostcalls/text";

const out: usize = memory.data(4);
const DEFAULT_TIMEOUT_MS: u32 = 5000;

/** The name of the cluster for an origin: the controller makes the same from the same URL. */
function serviceCluster(scheme: string, authority: string): string {
  const colon = authority.lastIndexOf(":");
  const hasPort = colon > authority.lastIndexOf("]");
  const host = hasPort ? authority.substring(0, colon) : authority;
  const port = hasPort ? authority.substring(colon + 1) : scheme == "https" ? "443" : "80";
  return "out|" + scheme + "|" + host + "|" + port;
}

function isOneOf(unit: i32, units: string): bool {
  for (let i = 0; i < units.length; i++) if (units.charCodeAt(i) == unit) return true;
  return false;
}

export class Call {
  /** Tells the answers of several calls apart; free for the policy to choose. */
  tag: i32 = 0;
  private pairs: string[];
  private body: Uint8Array | null = null;
  private text: string = "";
  private timeoutMs: u32 = DEFAULT_TIMEOUT_MS;

  /** `cluster` is the name of an Envoy cluster; `authority` the Host that it gets. */
  constructor(
    private cluster: string,
    method: string,
    path: string,
    authority: string = "",
  ) {
    this.pairs = [
      ":method",
      method,
      ":path",
      path,
      ":authority",
      authority.length ? authority : cluster,
    ];
  }

  /**
   * A call to a URL whose parameter is marked `x-sluice-service`: the gateway has a cluster for it. One
   * that is no http or https URL of a host makes a call that fails.
   */
  static to(url: string, method: string = "GET"): Call {
    const mark = url.indexOf("://");
    const scheme = mark > 0 ? url.substring(0, mark).toLowerCase() : "";
    let end = mark + 3;
    while (end < url.length && !isOneOf(url.charCodeAt(end), "/?#")) end++;
    const authority = url.substring(mark + 3, end).toLowerCase();
    const fragment = url.indexOf("#", end);
    let path = url.substring(end, fragment < 0 ? url.length : fragment);
    if (!path.startsWith("/")) path = "/" + path;
    return new Call(serviceCluster(scheme, authority), method, path, authority);
  }

  named(tag: i32): Call {
    this.tag = tag;
    return this;
  }

  header(name: string, value: string): Call {
    this.pairs.push(name);
    this.pairs.push(value);
    return this;
  }

  send(text: string): Call {
    this.text = text;
    return this;
  }

  sendBytes(bytes: Uint8Array): Call {
    this.body = bytes;
    return this;
  }

  /** Milliseconds to wait, at least 1. There is always a limit: 5 s unless said otherwise. */
  timeout(ms: u32): Call {
    this.timeoutMs = max(ms, <u32>1);
    return this;
  }

  /** Owned by the engine. The host's token, or -1 if it will not make the call. */
  dispatch(): i64 {
    if (!sendable(this.pairs)) return -1;
    const headers = encodePairs(this.pairs);
    if (!headers) return -1;
    const headersSize = pairsSize;
    const cluster = encode(this.cluster);
    const clusterSize = written;
    let at: usize;
    let size: usize;
    const bytes = this.body;
    if (bytes !== null) {
      at = bytes.dataStart;
      size = bytes.byteLength;
    } else {
      at = encode(this.text);
      size = written;
    }
    const status = proxy_http_call(
      cluster,
      clusterSize,
      headers,
      headersSize,
      at,
      size,
      0,
      0,
      this.timeoutMs,
      out,
    );
    return status == 0 ? <i64>load<u32>(out) : -1;
  }
}

const answerMap = new HeaderMap(MapType.CallResponseHeaders);

/** What came back. `failed` covers a refused call, an unreachable service and a timeout. */
export class Answer {
  failed: bool = false;
  /** The `tag` of the call. */
  tag: i32 = 0;
  /** What a gRPC service said: 0 if the message is here, its code if it failed; -1 of an HTTP call. */
  grpcStatus: i32 = -1;
  readonly headers: Headers = new Headers(answerMap);

  /** The status code, 0 if the call failed. */
  get status(): i32 {
    if (this.failed) return 0;
    const status = this.headers.get(":status");
    return status === null ? 0 : I32.parseInt(status);
  }

  get length(): i32 {
    return this.failed ? 0 : bufferSize(this.buffer);
  }

  /** The body, or a gRPC service's message. */
  bytes(): Uint8Array {
    return this.failed ? new Uint8Array(0) : bufferBytes(this.buffer);
  }

  private get buffer(): BufferType {
    return this.grpcStatus < 0 ? BufferType.CallResponseBody : BufferType.GrpcMessage;
  }

  text(): string {
    const bytes = this.bytes();
    return decode(bytes.dataStart, bytes.byteLength);
  }
}
