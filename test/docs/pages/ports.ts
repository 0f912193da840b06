/** Free ports in the place of those that pages name: in commands, files and the environment, and back in what is printed. */
import { createServer, type AddressInfo } from "node:net";
import { defaultPorts } from "../../../controller/options.ts";
import { portKeys, portVariable } from "../../../controller/port-keys.ts";

export interface Ports {
  env: Record<string, string>;
  asBound(text: string): string;
  asPrinted(text: string): string;
  bound(printed: number): number;
}

/** `others` are ports that are not the gateway's own; `taken` those that something has, by the ones that stand in pages. */
export async function freePorts(
  others: readonly number[],
  taken: Readonly<Record<number, number>> = {},
): Promise<Ports> {
  const printed = [...new Set([...Object.values(defaultPorts), ...others])];
  const free = await freeOnes(printed.length);
  const bound = new Map(printed.map((port, i) => [port, free[i]!]));
  for (const [port, its] of Object.entries(taken)) bound.set(Number(port), its);
  const back = new Map([...bound].map(([port, its]) => [its, port]));
  const replaced = (text: string, by: Map<number, number>): string =>
    text.replace(/\b\d{4,5}\b/g, (digits) => String(by.get(Number(digits)) ?? digits));
  return {
    env: Object.fromEntries(
      (Object.keys(portKeys) as (keyof typeof portKeys)[]).map((name) => [
        portVariable(name),
        String(bound.get(defaultPorts[name]!)),
      ]),
    ),
    asBound: (text) => replaced(text, bound),
    asPrinted: (text) => replaced(text, back),
    bound: (port) => bound.get(port) ?? port,
  };
}

/** All are held until the last is known, so that none is given twice. */
async function freeOnes(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
