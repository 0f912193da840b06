/** Controllers without an Envoy and gateways that follow them, for tests that take some of them away. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent, type Agent, type AgentOptions } from "../../controller/agent/agent.ts";
import { readyPorts } from "../../controller/agent/beside.ts";

export interface TestAgent {
  agent: Agent;
  httpPort: number;
  logs: string[];
}

export async function startTestAgent(
  options: Partial<AgentOptions> & Pick<AgentOptions, "urls" | "stateFolder">,
): Promise<TestAgent> {
  const logs: string[] = [];
  const agent = await startAgent({
    ...{ nodeId: "edge-1", concurrency: 1 },
    log: (line) => logs.push(line),
    ...options,
  });
  const { http } = await readyPorts(agent.envoy, ["http"], 60_000);
  return { agent, logs, httpPort: http! };
}

export async function stateFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-state-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
