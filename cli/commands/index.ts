/** Every verb of `ap`, in the order of its help. A verb loads what it needs when it runs. */
import type { Command } from "commander";
import type { Io } from "../io.ts";
import { dev } from "./dev.ts";
import { envoy } from "./envoy.ts";
import { gateway } from "./gateway.ts";
import { policy } from "./policy.ts";
import { version } from "./version.ts";

export const commands = (io: Io): Command[] => [
  policy(io),
  dev(io),
  gateway(io),
  envoy(io),
  version(io),
];
