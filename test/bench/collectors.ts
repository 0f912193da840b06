/** Servers that take what Envoy tells over gRPC and forget it, to hold the cost of telling against others. */
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerReadableStream,
} from "@grpc/grpc-js";
import { any } from "../../controller/xds/protos.ts";

export interface Collector {
  port: number;
  close: () => void;
}

const same = (bytes: Buffer): Buffer => bytes;
const bytes = {
  ...{ requestSerialize: same, requestDeserialize: same },
  ...{ responseSerialize: same, responseDeserialize: same },
  responseStream: false,
};

/** Of Envoy's gRPC access log. */
export const startForgetfulAls = (): Promise<Collector> =>
  forgetful((server) =>
    server.addService(
      {
        StreamAccessLogs: {
          path: "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs",
          ...{ ...bytes, requestStream: true },
        },
      },
      { StreamAccessLogs: (call: ServerReadableStream<Buffer, Buffer>) => void call.resume() },
    ),
  );

/** Of OpenTelemetry's spans. */
export const startForgetfulTraces = (): Promise<Collector> =>
  forgetful((server) =>
    server.addService(
      {
        Export: {
          path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
          ...{ ...bytes, requestStream: false },
        },
      },
      { Export: (_: unknown, answer: sendUnaryData<Buffer>) => answer(null, Buffer.alloc(0)) },
    ),
  );

async function forgetful(serve: (server: Server) => void): Promise<Collector> {
  const server = new Server();
  serve(server);
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
