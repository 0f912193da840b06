/** A response on its way out. The request's headers have gone by now: what is needed was kept. */
import { BufferType, MapType } from "./abi";
import { Body } from "./body";
import { Call } from "./call";
import { ask } from "./engine/acts";
import { Exchange } from "./exchange";
import { Headers } from "./headers";
import { decimal } from "./hostcalls/text";
import { HeaderMap } from "./hostcalls/headers";
import { Verdict } from "./policy";

export const responseMap = new HeaderMap(MapType.ResponseHeaders);
const responseBody = new Body(BufferType.ResponseBody, responseMap);

export class Response extends Exchange {
  readonly headers: Headers = new Headers(responseMap);

  /** The whole body, while it is held: from `onResponseBody` on, and in the answers to calls made there. */
  get body(): Body {
    return responseBody;
  }

  header(name: string): string | null {
    return this.headers.get(name);
  }

  get status(): i32 {
    const status = this.headers.get(":status");
    return status === null ? 0 : I32.parseInt(status);
  }

  set status(value: i32) {
    this.headers.set(":status", decimal(value));
  }

  /** Makes a call and waits; the answer comes to `onResponseAnswer`. */
  call(call: Call): Verdict {
    return ask(call);
  }
}
