/**
 * `npm run bench:hostcalls`: how often each usual chain calls the host for one request, in the simulator: what Envoy does
 * beside the module's own work. Counted at the third request, when keys and verdicts are kept.
 */
import { build } from "../../cli/build/index.ts";
import { Gateway } from "../../host-sim/gateway.ts";
import { usualChains, usualPolicies } from "./usual-chains.ts";

const { wasm: module } = await build(usualPolicies.map((name) => `policies/${name}`));

for (const { name, policies, headers } of usualChains) {
  const calls = new Map<string, number>();
  const gateway = await Gateway.start({
    ...{ module, rootId: "sluice.gateway" },
    chain: { policies: policies.map((policy) => ({ version: "v1", ...policy })) },
    called: (hostcall) => calls.set(hostcall, (calls.get(hostcall) ?? 0) + 1),
  });
  for (let i = 0; i < 3; i++) {
    calls.clear();
    const { status } = await gateway.request({ path: "/a/b?c=d", headers });
    if (status !== 200) throw new Error(`${name}: answered ${status}`);
  }
  await gateway.close();
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  const rows = [...calls].map(([call, count]) => `${count} ${call.replace("proxy_", "")}`).sort();
  console.log(`${name}: ${total}\n  ${rows.join("\n  ")}`);
}
