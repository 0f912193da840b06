/** `ap gateway run --controller`: an Envoy and the agent beside it, until a signal ends them. */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { startAgent, type Agent } from "../../controller/agent/agent.ts";
import { readyPorts } from "../../controller/agent/beside.ts";
import type { AgentObserve } from "../../controller/agent/observe.ts";
import { loadConfig } from "../../controller/config/load.ts";
import { gatewayOptions } from "../../controller/config/options.ts";
import { reason, UserError } from "../../controller/errors.ts";
import type { Io } from "../io.ts";
import { patientOutput, type Output } from "./output.ts";
import { aborted, renewOnSignal, toldToEnd } from "./signals.ts";

export interface AgentRunOptions {
  controller: string;
  state?: string;
  tokenFile?: string;
  ca?: string;
  name?: string;
  config?: string;
}

/** How long running requests may take when the agent is told to end. */
const drainMs = 15_000;

export async function runAgent(options: AgentRunOptions, io: Io): Promise<void> {
  const { print, log } = patientOutput(io);
  const { tokenFile, ca } = options;
  const token = tokenFile === undefined ? null : () => readText("--token-file", tokenFile);
  if (token && !(await token()))
    throw new UserError(`--token-file ${tokenFile}: expected a token, found nothing`);
  const ending = toldToEnd();
  let agent: Agent | null = null;
  renewOnSignal(() => agent?.envoy ?? null, log);
  agent = await startAgent({
    signal: ending,
    urls: options.controller,
    nodeId: options.name ?? hostname(),
    stateFolder: options.state ?? join("data", "agent"),
    ...(token && { token }),
    ...(ca !== undefined && { authority: await readText("--ca", ca) }),
    ...(options.config !== undefined && { observe: observeOf(options.config, print) }),
    log,
  });
  const { http } = await readyPorts(agent.envoy, ["http"], 30_000).catch((error: unknown) => {
    log(`not ready yet: ${reason(error)}`);
    return { http: undefined };
  });
  if (http) io.line(`traffic     http://localhost:${http}`);
  await aborted(ending);
  log("draining …");
  await agent.stop(drainMs);
}

/** Of a gateway's configuration an agent heeds what becomes of logs, events and metrics. */
function observeOf(file: string, print: Output["print"]): AgentObserve {
  const { config } = loadConfig({ file });
  const told = gatewayOptions(config);
  const { record, accessLogFile, statsd, host = "127.0.0.1", ports, allowedIps } = told;
  const port = ports?.engineMetrics ?? null;
  return {
    print,
    ...(record && { record }),
    ...(accessLogFile && { accessLogFile }),
    ...(statsd && { statsd }),
    ...(port !== null && { metrics: { host, port, allowedIps: allowedIps?.metrics ?? ["*"] } }),
  };
}

const readText = async (option: string, file: string): Promise<string> => {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new UserError(`${option} ${file}: cannot be read: ${reason(error)}`);
  }
};
