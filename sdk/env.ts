/**
 * The host functions of proxy-wasm 0.2.1, as the host declares them. The file's name is the import
 * module's name. Only `sdk/hostcalls/` and the engine call these; a test holds the list against the
 * simulator's table. Pointers are `usize`; `out` parameters receive one word each.
 */
import { BufferType, LogLevel, MapType, MetricType, Status, StreamType } from "./abi";

export declare function proxy_log(level: LogLevel, message: usize, size: usize): Status;
export declare function proxy_get_log_level(outLevel: usize): Status;
export declare function proxy_get_status(
  outCode: usize,
  outMessage: usize,
  outMessageSize: usize,
): Status;

export declare function proxy_get_property(
  path: usize,
  pathSize: usize,
  outValue: usize,
  outSize: usize,
): Status;
export declare function proxy_set_property(
  path: usize,
  pathSize: usize,
  value: usize,
  size: usize,
): Status;

export declare function proxy_get_header_map_pairs(
  map: MapType,
  outPairs: usize,
  outSize: usize,
): Status;
export declare function proxy_set_header_map_pairs(map: MapType, pairs: usize, size: usize): Status;
export declare function proxy_get_header_map_value(
  map: MapType,
  name: usize,
  nameSize: usize,
  outValue: usize,
  outSize: usize,
): Status;
export declare function proxy_add_header_map_value(
  map: MapType,
  name: usize,
  nameSize: usize,
  value: usize,
  size: usize,
): Status;
export declare function proxy_replace_header_map_value(
  map: MapType,
  name: usize,
  nameSize: usize,
  value: usize,
  size: usize,
): Status;
export declare function proxy_remove_header_map_value(
  map: MapType,
  name: usize,
  nameSize: usize,
): Status;
export declare function proxy_get_header_map_size(map: MapType, outSize: usize): Status;

export declare function proxy_get_buffer_bytes(
  buffer: BufferType,
  start: usize,
  length: usize,
  outData: usize,
  outSize: usize,
): Status;
export declare function proxy_get_buffer_status(
  buffer: BufferType,
  outLength: usize,
  outFlags: usize,
): Status;
export declare function proxy_set_buffer_bytes(
  buffer: BufferType,
  start: usize,
  length: usize,
  data: usize,
  size: usize,
): Status;

export declare function proxy_continue_stream(stream: StreamType): Status;
export declare function proxy_close_stream(stream: StreamType): Status;
export declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsSize: usize,
  body: usize,
  bodySize: usize,
  headers: usize,
  headersSize: usize,
  grpcStatus: i32,
): Status;

export declare function proxy_http_call(
  cluster: usize,
  clusterSize: usize,
  headers: usize,
  headersSize: usize,
  body: usize,
  bodySize: usize,
  trailers: usize,
  trailersSize: usize,
  timeoutMs: u32,
  outToken: usize,
): Status;
export declare function proxy_grpc_call(
  service: usize,
  serviceSize: usize,
  serviceName: usize,
  serviceNameSize: usize,
  method: usize,
  methodSize: usize,
  metadata: usize,
  metadataSize: usize,
  message: usize,
  messageSize: usize,
  timeoutMs: u32,
  outToken: usize,
): Status;

export declare function proxy_get_shared_data(
  key: usize,
  keySize: usize,
  outValue: usize,
  outSize: usize,
  outCas: usize,
): Status;
export declare function proxy_set_shared_data(
  key: usize,
  keySize: usize,
  value: usize,
  size: usize,
  cas: u32,
): Status;

export declare function proxy_define_metric(
  type: MetricType,
  name: usize,
  nameSize: usize,
  outId: usize,
): Status;
export declare function proxy_increment_metric(metric: u32, by: i64): Status;
export declare function proxy_record_metric(metric: u32, value: u64): Status;
export declare function proxy_get_metric(metric: u32, outValue: usize): Status;

export declare function proxy_set_tick_period_milliseconds(period: u32): Status;
export declare function proxy_get_current_time_nanoseconds(outTime: usize): Status;
export declare function proxy_set_effective_context(context: u32): Status;
export declare function proxy_done(): Status;
export declare function proxy_call_foreign_function(
  name: usize,
  nameSize: usize,
  argument: usize,
  argumentSize: usize,
  outResult: usize,
  outSize: usize,
): Status;
