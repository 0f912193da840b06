/** A server for Envoy's gRPC access log that reads and forgets, to hold the cost of that way against others. */
import { Server, ServerCredentials, type ServerReadableStream } from "@grpc/grpc-js";
import { any } from "../../controller/xds/protos.ts";

export async function startForgetfulAls(): Promise<{ port: number; close: () => void }> {
  const same = (bytes: Buffer): Buffer => bytes;
  const server = new Server();
  server.addService(
    {
      StreamAccessLogs: {
        path: "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs",
        ...{ requestStream: true, responseStream: false },
        ...{ requestSerialize: same, requestDeserialize: same },
        ...{ responseSerialize: same, responseDeserialize: same },
      },
    },
    { StreamAccessLogs: (call: ServerReadableStream<Buffer, Buffer>) => void call.resume() },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, close: () => server.forceShutdown() };
}

export const alsLogger = (cluster: string): object => ({
  name: "als",
  typed_config: any("envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig", {
    common_config: {
      log_name: "requests",
      transport_api_version: "V3",
      grpc_service: { envoy_grpc: { cluster_name: cluster } },
      filter_state_objects_to_log: ["wasm.sluice_caller"],
    },
  }),
});
