/** Free ports in the place of those that pages name: in commands, files and the environment, and back in what is printed. */
import { defaultPorts } from "../../../controller/options.ts";
import { portKeys, portVariable } from "../../../controller/port-keys.ts";
import { freePorts } from "../../controller/fixtures/free-port.ts";

export interface Ports {
  env: Record<string, string>;
  asBound(text: string): string;
  asPrinted(text: string): string;
  bound(printed: number): number;
}

/** `others` are ports that are not the gateway's own; `taken` those that something has, by the ones that stand in pages. */
export async function pagePorts(
  others: readonly number[],
  taken: Readonly<Record<number, number>> = {},
): Promise<Ports> {
  const printed = [...new Set([...Object.values(defaultPorts), ...others])];
  const free = await freePorts(printed.length);
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
