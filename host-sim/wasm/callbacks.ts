/** The callbacks that the host looks up in a module; all are optional. */
const callbackNames = [
  "context_create",
  "vm_start",
  "configure",
  "tick",
  "queue_ready",
  "foreign_function",
  "request_headers",
  "request_body",
  "request_trailers",
  "request_metadata",
  "response_headers",
  "response_body",
  "response_trailers",
  "response_metadata",
  "http_call_response",
  "grpc_receive",
  "grpc_receive_initial_metadata",
  "grpc_receive_trailing_metadata",
  "grpc_close",
  "new_connection",
  "downstream_data",
  "upstream_data",
  "downstream_connection_close",
  "upstream_connection_close",
  "done",
  "log",
  "delete",
] as const;

export type CallbackName = (typeof callbackNames)[number];
export type Callback = (a: number, b?: number, c?: number, d?: number, e?: number) => number | void;
export type Callbacks = Partial<Record<CallbackName, Callback>>;

/** A capability list that leaves a callback out keeps it from being called. */
export function findCallbacks(
  exported: WebAssembly.Exports,
  capabilities: ReadonlySet<string> | null,
): Callbacks {
  const found: Callbacks = {};
  for (const name of callbackNames) {
    const full = `proxy_on_${name}`;
    const callback = exported[full];
    if (typeof callback !== "function") continue;
    if (capabilities && !capabilities.has(full)) continue;
    found[name] = callback as Callback;
  }
  return found;
}
