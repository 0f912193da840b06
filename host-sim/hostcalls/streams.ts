/** Going on, ending, answering, and whose turn it is. */
import { Status, StreamType } from "../../sdk/abi.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

const isStream = (type: number): boolean => type >= 0 && type <= StreamType.Upstream;

/** Headers of a reply that Envoy takes and writes over. */
const hostsOwn = new Set([":status", "connection", "content-length", "date", "server"]);

export const streams: Hostcalls = {
  proxy_continue_stream(vm, type: number) {
    if (type === StreamType.Upstream) return Status.Unimplemented;
    const { stream, tcp } = vm.context;
    if (!isStream(type)) return Status.BadArgument;
    return (stream ?? tcp)?.resume(type) ?? Status.Ok;
  },

  proxy_close_stream(vm, type: number) {
    const { stream, tcp } = vm.context;
    if (!isStream(type)) return Status.BadArgument;
    return (stream ?? tcp)?.close(type) ?? Status.Ok;
  },

  proxy_send_local_response(
    vm,
    status: number,
    details: number,
    detailsSize: number,
    body: number,
    bodySize: number,
    headers: number,
    headersSize: number,
    grpcStatus: number,
  ) {
    const { memory, context } = vm;
    const text = memory.text(body, bodySize);
    const why = memory.text(details, detailsSize);
    const pairs = memory.pairs(headers, headersSize);
    if (headersSize > 0 && pairs.length === 0)
      vm.host.swallowed("send_local_response with a malformed block of headers");
    const own = pairs.map(([name]) => name.toLowerCase()).filter((name) => hostsOwn.has(name));
    if (own.length)
      vm.host.swallowed(
        `send_local_response with ${own.join(", ")}, which the host sets by itself`,
      );
    if (grpcStatus > 16)
      vm.host.swallowed(`send_local_response with the gRPC status ${grpcStatus}, which is none`);
    vm.stopNext = true;
    const { stream } = context;
    if (!stream) {
      vm.host.swallowed("send_local_response outside a stream");
      return Status.Ok;
    }
    return stream.sendLocalReply({
      status,
      body: text,
      headers: pairs,
      grpcStatus: grpcStatus >= 0 && grpcStatus <= 16 ? grpcStatus : null,
      details: why.replace(/\s/g, "_"),
      by: vm.policy ?? stream.name,
    });
  },

  proxy_set_effective_context(vm, id: number) {
    const context = vm.contexts.get(id >>> 0);
    if (!context) {
      vm.host.swallowed(`set_effective_context of ${id >>> 0}, which is gone`);
      return Status.BadArgument;
    }
    vm.effective = context;
    return Status.Ok;
  },

  proxy_done(vm) {
    const { stream, tcp, root } = vm.context;
    return stream || tcp ? Status.NotFound : root.done();
  },
};
