/** Asks controllers for the feed, over the port and with the token of xDS. */
import type { Client } from "@grpc/grpc-js";
import type { AskFeed } from "../../feed/serve.ts";
import { feedPath } from "../../xds/feed-calls.ts";
import type { ControllerAddress } from "./controllers.ts";
import { words } from "./words.ts";

/** Beyond what the controller was asked to wait. */
const patienceMs = 5_000;

/** One question function for each controller, and what ends their connections. */
export function askControllers(controllers: readonly ControllerAddress[]): {
  servers: AskFeed[];
  close(): void;
} {
  const clients = new Map<ControllerAddress, Client>();
  const clientOf = (controller: ControllerAddress): Client => {
    const client = clients.get(controller) ?? controller.connect();
    clients.set(controller, client);
    return client;
  };
  return {
    servers: controllers.map((controller): AskFeed => async (query, signal) => {
      const { epoch, revision, cursor, waitMs } = query;
      const text = `epoch=${epoch}&revision=${revision}&cursor=${cursor}&wait=${waitMs}`;
      const metadata = await controller.metadata();
      return new Promise((resolve, reject) => {
        const call = clientOf(controller).makeUnaryRequest(
          feedPath,
          (bytes: Buffer) => bytes,
          (bytes: Buffer) => bytes,
          Buffer.from(text),
          metadata,
          { deadline: Date.now() + waitMs + patienceMs },
          (error, answer) => {
            signal?.removeEventListener("abort", cancel);
            if (answer) resolve(answer);
            else reject(new Error(`${controller.url}: ${error ? words(error) : "no answer"}`));
          },
        );
        const cancel = () => call.cancel();
        signal?.addEventListener("abort", cancel);
      });
    }),
    close: () => clients.forEach((client) => client.close()),
  };
}
