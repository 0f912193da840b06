/** HTTP calls to other clusters. They belong to the root: a stream that dies does not cancel them. */
import { Status } from "../../sdk/abi.ts";
import { HeaderMap } from "../http/headers.ts";
import type { CalloutAnswer } from "../http/callouts.ts";
import type { RootContext } from "../wasm/root.ts";
import { CallKind } from "../wasm/call-kind.ts";
import type { Vm } from "../wasm/vm.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

export const callouts: Hostcalls = {
  proxy_http_call(
    vm,
    cluster: number,
    clusterSize: number,
    headers: number,
    headersSize: number,
    body: number,
    bodySize: number,
    trailers: number,
    trailersSize: number,
    timeoutMs: number,
    outToken: number,
  ) {
    const { memory, host, context } = vm;
    const name = memory.text(cluster, clusterSize);
    const map = HeaderMap.of("request", memory.pairs(headers, headersSize));
    const bytes = memory.bytes(body, bodySize);
    const trailing = memory.pairs(trailers, trailersSize);
    memory.setU32(outToken, 0);
    if (timeoutMs < 0) {
      host.swallowed(
        `a call to ${name} with a timeout of ${timeoutMs >>> 0} ms, which is too long`,
      );
      return Status.BadArgument;
    }
    if (!host.callouts.has(name)) {
      host.swallowed(`a call to the cluster ${JSON.stringify(name)}, which does not exist`);
      return Status.BadArgument;
    }
    const [method, path, authority] = [":method", ":path", ":authority"].map((key) => map.get(key));
    if (method == null || path == null || authority == null) {
      host.swallowed(`a call to ${name} without :method, :path and :authority`);
      return Status.BadArgument;
    }
    if (bytes.length) map.put("content-length", String(bytes.length));
    const { root, stream } = context;
    const token = vm.nextCallId(CallKind.Http);
    const seen: [string, string][] = [["host", authority]];
    for (const pair of map.pairs) if (!pair[0].startsWith(":")) seen.push(pair);
    seen.push(["x-envoy-internal", "true"]);
    if (timeoutMs > 0) seen.push(["x-envoy-expected-rq-timeout-ms", String(timeoutMs)]);
    const request = { method, path, headers: seen, body: bytes, trailers: trailing, cluster: name };
    const { handle, record } = host.callouts.send(request, timeoutMs, (answer) =>
      answered(vm, root, token, answer),
    );
    root.calls.set(token, handle);
    stream?.exchange.callouts.push(record);
    memory.setU32(outToken, token);
    return Status.Ok;
  },
};

/** A failure without an answer is a callback with no headers; its reason is in `proxy_get_status`. */
function answered(vm: Vm, root: RootContext, token: number, answer: CalloutAnswer | null): void {
  root.calls.delete(token);
  if (vm.failure !== null) return;
  root.response = answer && { ...answer, trailers: answer.trailers.size ? answer.trailers : null };
  if (!answer) root.status = { code: Status.BrokenConnection, message: "reset" };
  const { headers, body, trailers } = answer ?? {};
  vm.call(
    root,
    vm.on.http_call_response,
    root.id,
    token,
    headers?.size ?? 0,
    body?.length ?? 0,
    trailers?.size ?? 0,
  );
  root.response = null;
  vm.settle();
}
