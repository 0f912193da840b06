/** Every verb of `ap`, in the order of its help. A verb loads what it needs when it runs. */
import type { Command } from "commander";
import type { Io } from "../io.ts";
import { apply, diff, exportAll } from "./apply.ts";
import { completion } from "./completion.ts";
import { dev } from "./dev.ts";
import { doctor } from "./doctor.ts";
import { envoy } from "./envoy.ts";
import { explain } from "./explain.ts";
import { gateway } from "./gateway.ts";
import { importing } from "./import.ts";
import { lint } from "./lint.ts";
import { platform } from "./platform.ts";
import { policy } from "./policy.ts";
import { render } from "./render.ts";
import { status } from "./status.ts";
import { support } from "./support.ts";
import { version } from "./version.ts";

export const commands = (io: Io): Command[] => [
  policy(io),
  dev(io),
  gateway(io),
  platform(io),
  apply(io),
  diff(io),
  status(io),
  exportAll(io),
  explain(io),
  importing(io),
  lint(io),
  render(io),
  doctor(io),
  envoy(io),
  support(io),
  completion(io),
  version(io),
];
