/** `ap gateway bootstrap`: what an Envoy elsewhere needs to find its controllers. */
import { readFileSync } from "node:fs";
import { bootstrap, type ControllerTls } from "../../controller/agent/bootstrap.ts";
import { limitsHere } from "../../controller/agent/overload.ts";
import { reason, UserError } from "../../controller/errors.ts";
import type { Io } from "../io.ts";

export interface BootstrapCommandOptions {
  node: string;
  controller: string[];
  adminPort: string;
  maxHeapMb?: string;
  /** Files on the Envoy's machine. */
  ca?: string;
  cert?: string;
  key?: string;
  /** What the controllers' certificate says; the first controller's host unless given. */
  serverName?: string;
  /** Read here and now. */
  tokenFile?: string;
}

export function printBootstrap(options: BootstrapCommandOptions, io: Io): void {
  const given = options.controller.length ? options.controller : ["127.0.0.1:18000"];
  const controllers = given.map((one) => {
    const [, host, port] = /^(.+):(\d{1,5})$/.exec(one) ?? [];
    if (!host || !port) throw new UserError(`--controller: expected host:port, found ${one}`);
    return { host, port: Number(port) };
  });
  const tls = tlsOf(options, controllers[0]!.host);
  const token = options.tokenFile === undefined ? undefined : tokenIn(options.tokenFile);
  if (token !== undefined && !tls)
    throw new UserError("--token-file: needs --ca: a token goes over TLS alone");
  const heapMb = heapOf(options.maxHeapMb);
  const json = bootstrap({
    nodeId: options.node,
    controllers,
    adminPort: portOf("--admin-port", options.adminPort),
    maxHeapBytes: heapMb * mebibyte,
    ...(tls && { tls }),
    ...(token !== undefined && { token }),
  });
  io.err(`${lacking}\n`);
  if (options.maxHeapMb === undefined) io.err(`${heapFromHere(heapMb)}\n`);
  if (token !== undefined)
    io.err("the token stands in what is printed: keep it as you keep the token.\n");
  io.json(json);
}

/** What such an Envoy lacks, beside what is printed. */
const lacking =
  "an Envoy without an agent gets no API keys, consumers, subscriptions, revocations and secrets: routes that need them " +
  "answer 503 after 5 s. Run `ap gateway run --controller` beside it, or set controller.server.secrets_in_chains for secret parameters.";

function tlsOf(
  { ca, cert, key, serverName }: BootstrapCommandOptions,
  host: string,
): ControllerTls | undefined {
  if ((cert === undefined) !== (key === undefined))
    throw new UserError("--cert and --key: expected both or neither, found one");
  if (ca === undefined) {
    if (cert !== undefined || serverName !== undefined)
      throw new UserError("--ca: expected who signed the controllers' certificates, found nothing");
    return undefined;
  }
  return {
    authorityFile: ca,
    serverName: serverName ?? host,
    ...(cert !== undefined && key !== undefined && { certificateFile: cert, keyFile: key }),
  };
}

function tokenIn(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UserError(`--token-file: ${reason(error)}`);
  }
}

const mebibyte = 1_048_576;

function heapOf(text: string | undefined): number {
  if (text === undefined) return Math.floor(limitsHere().maxHeapBytes / mebibyte);
  const mb = Number(text);
  if (Number.isInteger(mb) && mb >= 1 && mb <= mebibyte) return mb;
  throw new UserError(`--max-heap-mb: expected 1 to ${mebibyte}, found ${text}`);
}

const heapFromHere = (mb: number): string =>
  `near a heap of ${mb} MiB, four fifths of this machine's memory, it refuses requests with 503: ` +
  "--max-heap-mb says how much it may take on a machine of another size.";

/** A port number, or an error that names the option. */
export function portOf(option: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  throw new UserError(`${option}: expected a port from 0 to 65535, found ${text}`);
}
