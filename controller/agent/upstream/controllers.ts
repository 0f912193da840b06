/** Where an agent's controllers are, and how it shows them who it is. */
import { ChannelCredentials, Client, Metadata } from "@grpc/grpc-js";
import { UserError } from "../../errors.ts";

export interface ControllersOptions {
  /** `https://host:port[,https://host:port]`; `http://` on this machine only. */
  urls: string;
  /** PEM text of who signed the controllers' certificates; the system's authorities unless given. */
  authority?: string;
  /** Read again for each connection, so that it can be replaced while the agent runs. */
  token?: () => Promise<string>;
}

export interface ControllerAddress {
  url: string;
  /** Close it after use. */
  connect(): Client;
  metadata(): Promise<Metadata>;
}

/** A dead controller is noticed after 15 s at most; Envoy's resources may be larger than gRPC's default allows. */
const channelOptions = {
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1_000,
  // A connection of its own: one that failed is not shared with the next attempt.
  "grpc.use_local_subchannel_pool": 1,
};

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export function readControllers(options: ControllersOptions): ControllerAddress[] {
  return options.urls.split(",").map((text) => {
    const url = parse(text.trim());
    const credentials =
      url.protocol === "https:"
        ? ChannelCredentials.createSsl(options.authority ? Buffer.from(options.authority) : null)
        : ChannelCredentials.createInsecure();
    return {
      url: url.origin,
      connect: () => new Client(url.host, credentials, channelOptions),
      metadata: async () => {
        const metadata = new Metadata();
        const token = await options.token?.();
        if (token) metadata.set("authorization", `Bearer ${token}`);
        return metadata;
      },
    };
  });
}

function parse(text: string): URL {
  const wrong = (what: string) => new UserError(`--controller: expected ${what}, found ${text}`);
  if (!URL.canParse(text)) throw wrong("https://host:port");
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) throw wrong("https://host:port");
  if (!url.port) throw wrong("a URL with a port, such as https://controller:18000");
  if (url.pathname !== "/" || url.search || url.username) throw wrong("a host and a port alone");
  if (url.protocol === "http:" && !loopback.test(url.hostname))
    throw wrong("https:// (without TLS a token and every secret could be read on the way)");
  return url;
}
