/** What becomes of connections when a network filter's VM dies, with what the gateway tells Envoy of its own. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { any } from "../../../controller/xds/protos.ts";
import { plugin } from "../../../controller/xds/resources/plugin.ts";
import { eventually } from "../../eventually.ts";
import { probeFilter } from "../../host-sim/fixtures/probe.ts";
import { tcpEnvoy, type TcpEnvoy } from "../../runners/tcp.ts";

let envoy: TcpEnvoy;
beforeAll(async () => {
  const told = plugin({ name: "probe", rootId: "probe", vmId: "x", bytes: await probeFilter() });
  const configuration = any("google.protobuf.StringValue", { value: "down trap" });
  envoy = await tcpEnvoy([{ ...told, configuration }]);
});
afterAll(() => envoy.close());

/** How often the filter has seen bytes. */
const seen = () => envoy.logs.filter((line) => line.includes("PROBE down")).length;

test("a VM that dies closes its connections, and soon there is a new one", async () => {
  for (let times = 1; times <= 3; times++)
    await eventually(async () => {
      const { client } = await envoy.connect(0);
      client.socket.write("hello");
      await eventually(() => expect(client.ended || client.closed).toBe(true));
      client.socket.destroy();
      // Until it is made, connections are closed as they come.
      expect(seen()).toBeGreaterThanOrEqual(times);
    });
});
