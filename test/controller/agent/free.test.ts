/** A port that Envoy cannot have is told before it starts, and nothing keeps running. */
import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { startGateway } from "../../../controller/gateway.ts";
import { anyPorts } from "../fixtures/gateway.ts";

test("a port for traffic that another process has stops the start, and is named", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  const start = startGateway({ store: ":memory:", ports: { ...anyPorts, http: port } });
  await expect(start).rejects.toThrow(`port ${port} for traffic is in use by another process`);
  other.close();
});
