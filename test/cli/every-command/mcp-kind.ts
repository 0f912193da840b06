/**
 * A kind Mcp for the gateway of a test: gateways have none yet, and the commands for it are those of every kind. It serves
 * its context as it is.
 */
import type { ResourceKind } from "../../../controller/model/index.ts";
import { readMetadata } from "../../../controller/model/metadata.ts";
import type { Reader } from "../../../controller/model/reader.ts";
import type { RestApi } from "../../../controller/model/rest-api.ts";
import { readResilience, readUpstream } from "../../../controller/model/shared.ts";
import { readTraffic } from "../../../controller/model/traffic.ts";

function readMcp(document: Reader): RestApi {
  const name = readMetadata(document.at("metadata"));
  const spec = document.at("spec").required();
  const text = (field: string): string => spec.at(field).required().text() ?? "";
  const resilience = readResilience(spec.at("resilience"));
  const context = text("context");
  return {
    ...{ kind: "Mcp", name, displayName: text("displayName"), version: text("version") },
    ...{
      sourceContext: context,
      context,
      resilience,
      traffic: readTraffic(spec.at("traffic"), []),
    },
    ...{ upstream: { main: readUpstream(spec.at("upstream").required(), []), sandbox: null } },
    ...{ upstreamDefinitions: [], vhosts: { main: null, sandbox: null }, subscriptionPlans: [] },
    ...{ policies: [], withoutGatewayPolicies: [], deployed: true },
    operations: [
      {
        ...{ method: "POST", path: "/", form: "simple", headers: [], queryParams: [] },
        ...{ policies: [], withoutGatewayPolicies: [], resilience, field: "spec" },
      },
    ],
  };
}

export const mcpDocument = (port: number) => ({
  ...{ apiVersion: "gateway.api-platform.wso2.com/v1", kind: "Mcp", metadata: { name: "weather" } },
  spec: {
    ...{ displayName: "Weather", version: "v1.0", context: "/weather" },
    upstream: { url: `http://127.0.0.1:${port}` },
  },
});

export const mcpKind: ResourceKind = {
  ...{ kind: "Mcp", path: "mcp-proxies", listKey: "mcpProxies", label: "MCP proxy" },
  ...{ read: readMcp, example: mcpDocument(80) },
};
