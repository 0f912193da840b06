/** `ap gateway bootstrap`: what an Envoy elsewhere needs to find its controllers. */
import { bootstrap } from "../../controller/agent/bootstrap.ts";
import { UserError } from "../../controller/errors.ts";
import type { Io } from "../io.ts";

export function printBootstrap(
  options: { node: string; controller: string[]; adminPort: string },
  io: Io,
): void {
  const given = options.controller.length ? options.controller : ["127.0.0.1:18000"];
  const controllers = given.map((one) => {
    const [, host, port] = /^(.+):(\d{1,5})$/.exec(one) ?? [];
    if (!host || !port) throw new UserError(`--controller: expected host:port, found ${one}`);
    return { host, port: Number(port) };
  });
  io.err(`${lacking}\n`);
  io.json(
    bootstrap({
      nodeId: options.node,
      controllers,
      adminPort: portOf("--admin-port", options.adminPort),
    }),
  );
}

/** What such an Envoy lacks, beside what is printed. */
const lacking =
  "an Envoy without an agent gets no API keys, consumers, subscriptions, revocations and secrets: routes that need them " +
  "answer 503 after 5 s. Run `ap gateway run --controller` beside it, or set controller.server.secrets_in_chains for secret parameters.";

/** A port number, or an error that names the option. */
export function portOf(option: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  throw new UserError(`${option}: expected a port from 0 to 65535, found ${text}`);
}
