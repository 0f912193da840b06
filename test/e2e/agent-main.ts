/** Runs an agent with its Envoy and prints what it serves as soon as it began; argument: its options as JSON. */
import { startAgent } from "../../controller/agent/agent.ts";

const agent = await startAgent({
  ...JSON.parse(process.argv[2]!),
  log: (line) => process.env["AGENT_LOG"] && console.error(line),
});
console.log(JSON.stringify({ version: agent.version(), envoyPid: agent.envoy.current()!.pid }));
// Ends with the test that started it.
process.stdin.resume().on("end", () => process.exit());
