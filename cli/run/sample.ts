/** What a newcomer finds: one API with a policy, in front of an upstream that shows what it receives. */
import type { Gateway, Ports } from "../../controller/gateway.ts";
import { resourceKinds } from "../../controller/model/index.ts";

export const echoPort = 8082;

const sample = {
  apiVersion: "gateway.api-platform.wso2.com/v1",
  kind: "RestApi",
  metadata: { name: "hello-v1.0" },
  spec: {
    displayName: "Hello",
    version: "v1.0",
    context: "/hello",
    upstream: { main: { url: `http://127.0.0.1:${echoPort}` } },
    operations: [
      {
        method: "GET",
        path: "/*",
        policies: [
          {
            name: "basic-auth",
            version: "v1",
            params: { username: "ada", password: "sample-password" },
          },
          {
            name: "set-headers",
            version: "v1",
            params: {
              request: { headers: [{ name: "x-greeting", value: "hello" }] },
              response: { headers: [{ name: "x-served-by", value: "sluice" }] },
            },
          },
        ],
      },
    ],
  },
};

/** Adds the sample unless the store has it, and says where its upstream is expected. */
export async function addSample(gateway: Gateway): Promise<number> {
  if (!gateway.control.get(sample.metadata.name))
    await gateway.control.put(resourceKinds[0], sample, { create: true });
  return echoPort;
}

/** Commands that work as printed. */
export function sampleLines(ports: Ports): string[] {
  const hello = `http://localhost:${ports.http}/hello/world`;
  const api = `http://localhost:${ports.management}/api/management/v1/rest-apis/hello-v1.0`;
  return [
    "",
    "call it:             " + `curl -u ada:sample-password ${hello}`,
    "without credentials: " + `curl -i ${hello}`,
    "change it:           " +
      `curl -s ${api} | sed 's/"hello"/"good day"/' | curl -X PUT -H 'content-type: application/json' --data-binary @- '${api}?wait=10s'`,
    "",
  ];
}
