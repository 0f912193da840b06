/** Runs a controller without an Envoy and prints its ports; arguments: store, ports as JSON. */
import { startGateway } from "../../controller/gateway.ts";

const [store, ports] = process.argv.slice(2);
const gateway = await startGateway({
  store: store!,
  envoy: "none",
  ports: {
    ...{ management: 0, admin: null, adminPublished: null, metrics: null, engineAdmin: null },
    ...{ engineMetrics: null, xds: 0, http: 0, https: null, envoyAdmin: 0 },
    ...JSON.parse(ports!),
  },
  trafficHost: "127.0.0.1",
  accessLog: "off",
});
console.log(JSON.stringify(gateway.ports));
