/** An upstream of a test on a real Envoy: answers as it was told, in the words of cases, and records what it saw. */
import { startService, type Service } from "../../controller/lab/services.ts";
import type { Upstream } from "../../host-sim/http/upstream.ts";

export type UpstreamServer = Service;

export const startUpstream = (told: Upstream): Promise<UpstreamServer> => startService(told, "");
