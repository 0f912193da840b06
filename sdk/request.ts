/** A request on its way in. */
import { BufferType, MapType } from "./abi";
import { Body } from "./body";
import { Call } from "./call";
import { Exchange } from "./exchange";
import { ask, askGrpc, waitFor, waitForRefresh } from "./engine/acts";
import { GrpcCall } from "./grpc";
import { Headers } from "./headers";
import { HeaderMap } from "./hostcalls/headers";
import { cookieOf, parameterOf } from "./hostcalls/request-parts";
import { Verdict } from "./policy";

export const requestMap = new HeaderMap(MapType.RequestHeaders);
const requestBody = new Body(BufferType.RequestBody, requestMap);

export class Request extends Exchange {
  readonly headers: Headers = new Headers(requestMap);

  /** The whole body, while it is held: from `onRequestBody` on, and in the answers to calls made there. */
  get body(): Body {
    return requestBody;
  }

  /** The first value of a header, or null. */
  header(name: string): string | null {
    return this.headers.get(name);
  }

  get method(): string {
    return this.pseudo(":method");
  }

  set method(value: string) {
    this.headers.set(":method", value);
  }

  /** Path and query, the API's context in front. Setting it does not choose another route. */
  get path(): string {
    return this.pseudo(":path");
  }

  set path(value: string) {
    this.headers.set(":path", value);
  }

  /** The path without its query. */
  get pathname(): string {
    const path = this.path;
    const mark = path.indexOf("?");
    return mark < 0 ? path : path.substring(0, mark);
  }

  /** What follows the question mark, `""` if nothing does. */
  get query(): string {
    const path = this.path;
    const mark = path.indexOf("?");
    return mark < 0 ? "" : path.substring(mark + 1);
  }

  /** The first value of a query parameter, decoded; null if there is none. */
  parameter(name: string): string | null {
    return parameterOf(this.query, name);
  }

  /** The value of a cookie, null if the client sent none of this name. */
  cookie(name: string): string | null {
    const header = this.headers.get("cookie");
    return header === null ? null : cookieOf(header, name);
  }

  get host(): string {
    return this.pseudo(":authority");
  }

  set host(value: string) {
    this.headers.set(":authority", value);
  }

  get scheme(): string {
    return this.pseudo(":scheme");
  }

  /** Makes a call and waits; the answer comes to `onRequestAnswer`, also when the call failed. */
  call(call: Call): Verdict {
    return ask(call);
  }

  /** The same with a gRPC service. */
  callGrpc(call: GrpcCall): Verdict {
    return askGrpc(call);
  }

  /**
   * Sends the request to one of the API's upstream definitions. The operation stays the same, whatever
   * policies made of path, method and host: it was chosen by what the client sent.
   */
  toUpstream(definition: string): bool {
    // By this header the routes of an API's upstream definitions are told apart.
    return this.headers.set("x-target-upstream", definition);
  }

  /** Waits until this policy's `onRefresh` has run, then runs the same handler again. */
  again(): Verdict {
    return waitForRefresh();
  }

  /** Waits, then runs the same handler again. In steps of 10 ms. */
  after(ms: i32): Verdict {
    return waitFor(ms);
  }

  private pseudo(name: string): string {
    const value = this.headers.get(name);
    return value === null ? "" : value;
  }
}
