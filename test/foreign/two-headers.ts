// A filter on a foreign SDK: two header writes, and a fault when a request asks for one.
export * from "@gcoredev/proxy-wasm-sdk-as/assembly/proxy";
import {
  Context,
  FilterHeadersStatusValues,
  RootContext,
  registerRootContext,
  stream_context,
} from "@gcoredev/proxy-wasm-sdk-as/assembly";

class TwoHeadersRoot extends RootContext {
  createContext(id: u32): Context {
    return new TwoHeaders(id, this);
  }
}

class TwoHeaders extends Context {
  constructor(id: u32, root: TwoHeadersRoot) {
    super(id, root);
  }

  onRequestHeaders(count: u32, ended: bool): FilterHeadersStatusValues {
    const fault = stream_context.headers.request.get("x-fault");
    if (fault == "loop") {
      let i: u32 = 1;
      while (i != 0) i = (i * 3) | 1;
    }
    if (fault == "assert") assert(false, "told to fail");
    stream_context.headers.request.replace("x-a", "1");
    return FilterHeadersStatusValues.Continue;
  }

  onResponseHeaders(count: u32, ended: bool): FilterHeadersStatusValues {
    stream_context.headers.response.replace("x-b", "2");
    return FilterHeadersStatusValues.Continue;
  }
}

registerRootContext((id: u32): RootContext => new TwoHeadersRoot(id), "two");
