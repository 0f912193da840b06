/** What a newcomer finds: one API with a policy, in front of an upstream that shows what it receives. */
import { reason } from "../../controller/errors.ts";
import type { Gateway, Ports } from "../../controller/gateway.ts";
import type { Log } from "../../controller/log.ts";
import { resourceKinds } from "../../controller/model/index.ts";
import { startEcho, type Echo } from "./echo.ts";

/** Any free one if it is taken when the sample is made. */
const echoPort = 8082;
const name = "hello-v1.0";

const sample = (port: number) => ({
  apiVersion: "gateway.api-platform.wso2.com/v1",
  kind: "RestApi",
  metadata: { name },
  spec: {
    displayName: "Hello",
    version: "v1.0",
    context: "/hello",
    upstream: { main: { url: `http://127.0.0.1:${port}` } },
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
});

/**
 * Adds the sample unless the store has it, and starts its upstream where that one is expected; null when it is no longer on
 * this machine, or another process answers there.
 */
export async function startSample(gateway: Gateway, log: Log): Promise<Echo | null> {
  const kept = gateway.control.get(name);
  if (kept) {
    const [, port] = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(kept.source) ?? [];
    if (port === undefined) return null;
    return startEcho(Number(port)).catch((error: unknown) => {
      log(`warning: the upstream of ${name} is not started: ${reason(error)}`);
      return null;
    });
  }
  const echo = await startEcho(echoPort).catch(() => startEcho());
  await gateway.control.put(resourceKinds[0], sample(echo.port), { create: true });
  return echo;
}

/** Commands that work as printed. */
export function sampleLines(ports: Ports): string[] {
  const hello = `http://localhost:${ports.http}/hello/world`;
  const api = `http://localhost:${ports.management}/api/management/v1/rest-apis/${name}`;
  return [
    "",
    "call it:             " + `curl -u ada:sample-password ${hello}`,
    "without credentials: " + `curl -i ${hello}`,
    "change it:           " +
      `curl -s ${api} | sed 's/"hello"/"good day"/' | curl -X PUT -H 'content-type: application/json' --data-binary @- '${api}?wait=10s'`,
    "",
  ];
}
