/**
 * gRPC calls and streams. The clusters behind them are described by a test like those of HTTP calls, and answer a
 * stream once its end was sent.
 */
import { Status } from "../../sdk/abi.ts";
import type { HeaderMap } from "../http/headers.ts";
import { fields } from "../properties/protobuf.ts";
import type { RootContext } from "../wasm/root.ts";
import { CallKind } from "../wasm/call-kind.ts";
import type { Vm } from "../wasm/vm.ts";
import type { Hostcalls } from "../wasm/hostcall.ts";

export interface GrpcCall {
  /** A stream's messages until its end goes out; null for a call of one message. */
  sent: Uint8Array[] | null;
  finish(): void;
  cancel(): void;
}

interface Target {
  cluster: string;
  path: string;
  metadata: [string, string][];
  timeoutMs: number;
}

/** A GrpcService message that names an Envoy cluster, or just the cluster's name. Null for one that does not exist. */
function clusterOf(vm: Vm, service: Uint8Array): string | null {
  const { callouts } = vm.host;
  const plain = Buffer.from(service).toString("latin1");
  if (callouts.has(plain)) return plain;
  const inner = (message: Uint8Array | undefined): Uint8Array | undefined => {
    const value = message && fields(message)?.find(([number]) => number === 1)?.[1];
    return value instanceof Uint8Array ? value : undefined;
  };
  const name = inner(inner(service));
  const cluster = name && Buffer.from(name).toString("latin1");
  if (cluster !== undefined && callouts.has(cluster)) return cluster;
  const wanted = JSON.stringify(cluster ?? plain);
  vm.host.swallowed(`a gRPC call to the cluster ${wanted}, which does not exist`);
  return null;
}

function frame(message: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, 5);
  return bytes;
}

function unframe(body: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(body);
  const found: Uint8Array[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const size = bytes.readUInt32BE(at + 1);
    found.push(bytes.subarray(at + 5, at + 5 + size));
    at += 5 + size;
  }
  return found;
}

function open(vm: Vm, target: Target, only: Uint8Array | null): number {
  const { root, stream } = vm.context;
  const { cluster, path, metadata, timeoutMs } = target;
  const token = vm.nextCallId(only ? CallKind.GrpcCall : CallKind.GrpcStream);
  const sent = only ? [only] : [];
  const call: GrpcCall = { sent: only ? null : sent, finish, cancel: () => {} };
  root.grpc.set(token, call);
  if (only) finish();
  return token;

  function finish(): void {
    const headers: [string, string][] = [
      ["host", cluster],
      ["content-type", "application/grpc"],
      ["te", "trailers"],
      ...metadata,
    ];
    const body = Buffer.concat(sent.map(frame));
    const request = { method: "POST", path, headers, body, trailers: [], cluster };
    const { handle, record } = vm.host.callouts.send(request, timeoutMs, (answer) => {
      if (!answer) return end(vm, root, token, unavailable, "");
      const status = answer.trailers.get("grpc-status") ?? answer.headers.get("grpc-status");
      if (!only) show(vm, root, "grpc_receive_initial_metadata", token, answer.headers);
      for (const message of status === null || status === "0" ? unframe(answer.body) : []) {
        if (only) root.grpc.delete(token);
        root.grpcMessage = message;
        vm.notify(root, "grpc_receive", token, message.length);
        root.grpcMessage = null;
        if (only) return;
      }
      if (!only) show(vm, root, "grpc_receive_trailing_metadata", token, answer.trailers);
      const said = answer.trailers.get("grpc-message") ?? answer.headers.get("grpc-message") ?? "";
      // Of a call, not of a stream, Envoy tells who said so.
      const by = only && said ? "{via_upstream}" : "";
      end(vm, root, token, status === null ? unavailable : Number(status), said + by);
    });
    call.cancel = () => handle.cancel();
    stream?.exchange.callouts.push(record);
  }
}

const unavailable = 14;

function show(
  vm: Vm,
  root: RootContext,
  callback: "grpc_receive_initial_metadata" | "grpc_receive_trailing_metadata",
  token: number,
  map: HeaderMap,
): void {
  const field = callback === "grpc_receive_initial_metadata" ? "grpcInitial" : "grpcTrailing";
  root[field] = map;
  vm.notify(root, callback, token, map.size);
  root[field] = null;
}

function end(vm: Vm, root: RootContext, token: number, code: number, message: string): void {
  root.grpc.delete(token);
  root.status = { code, message };
  vm.notify(root, "grpc_close", token, code);
  // The number stays until the next call ends, its words do not.
  root.status.message = "";
}

function drop(vm: Vm, token: number): Status {
  const { grpc } = vm.context.root;
  const call = grpc.get(token);
  if (!call) return Status.NotFound;
  grpc.delete(token);
  call.cancel();
  return Status.Ok;
}

/** Where a call goes, as both kinds of call say it in their first eight words; null if there is no such cluster. */
function targetOf(vm: Vm, words: number[], timeoutMs: number): Target | null {
  const [service, serviceSize, name, nameSize, method, methodSize, metadata, metadataSize] =
    words as [number, number, number, number, number, number, number, number];
  const { memory } = vm;
  const cluster = clusterOf(vm, memory.bytes(service, serviceSize));
  if (cluster === null) return null;
  const path = `/${memory.text(name, nameSize)}/${memory.text(method, methodSize)}`;
  return { cluster, path, metadata: memory.pairs(metadata, metadataSize), timeoutMs };
}

export const grpc: Hostcalls = {
  proxy_grpc_call(vm, ...words: number[]) {
    const [message, size, timeoutMs, outToken] = words.slice(8) as [number, number, number, number];
    const target = targetOf(vm, words, timeoutMs);
    if (!target) return Status.ParseFailure;
    vm.memory.setU32(outToken, open(vm, target, vm.memory.bytes(message, size)));
    return Status.Ok;
  },

  proxy_grpc_stream(vm, ...words: number[]) {
    const target = targetOf(vm, words, 0);
    if (!target) return Status.ParseFailure;
    vm.memory.setU32(words[8]!, open(vm, target, null));
    return Status.Ok;
  },

  proxy_grpc_send(vm, token: number, message: number, size: number, last: number) {
    const call = vm.context.root.grpc.get(token);
    if (!call?.sent) return call ? Status.BadArgument : Status.NotFound;
    if (size > 0) call.sent.push(vm.memory.bytes(message, size));
    if (last) call.finish();
    return Status.Ok;
  },

  proxy_grpc_cancel: drop,
  proxy_grpc_close: drop,
};
