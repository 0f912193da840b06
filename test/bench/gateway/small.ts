/** A gateway with ten APIs: what it takes, and how fast a change is served. */
import { startUpstream } from "../../runners/upstream.ts";
import { measureChanges, showChanges } from "./changes.ts";
import { place, runGateway, type RunningGateway } from "./command.ts";
import { document } from "./documents.ts";
import { show } from "./show.ts";

const apis = 10;
const changes = 1_000;

export async function small(): Promise<void> {
  const upstream = await startUpstream(() => ({ body: "hello" }));
  const here = await place();
  const gateway = await runGateway(here);
  try {
    show("served after the start of the process", gateway.startedMs, "ms");
    await showMemory("after the start", gateway);
    const names = Array.from({ length: apis }, (_, i) => `api-${i}`);
    const options = { upstream: upstream.port };
    for (const name of names) await gateway.manage("POST", "/rest-apis", document(name, options));
    await showMemory(`with ${apis} APIs of five policies`, gateway);
    const measured = await measureChanges(gateway, {
      ...{ ...options, names, count: changes, path: "/x" },
    });
    showChanges(measured);
    await showMemory(`after ${changes} changes`, gateway);
  } finally {
    await gateway.stop();
    await upstream.close();
    await here.remove();
  }
}

export async function showMemory(when: string, gateway: RunningGateway): Promise<void> {
  const { controller, envoy } = await gateway.resident();
  show(`controller ${when}`, controller, "MiB");
  show(`Envoy ${when}`, envoy, "MiB");
}
