/** Which gateway serves which revision of an API, told from what each Envoy acknowledged. */
import type { DeltaStream } from "../../xds/stream.ts";
import type { Deployments } from "../resources/deployments.ts";

export interface ApiProblem {
  revision: number;
  reason: string;
}

export interface GatewayStatus {
  id: string;
  state: "serving" | "acknowledged" | "pending" | "refused";
  /** The revision it serves; null when it serves none. */
  revision: number | null;
  reason?: string;
}

/** What is told of an API. */
export interface ApiStatus {
  gateways: GatewayStatus[];
  problem: ApiProblem | null;
}

export type Settled = "served" | "refused" | "pending";

/** Whether every gateway serves what it should; "refused" when that will not happen. */
export function settledAs(gateways: readonly Pick<GatewayStatus, "state">[]): Settled {
  if (gateways.some(({ state }) => state === "refused")) return "refused";
  return gateways.every(isServed) ? "served" : "pending";
}

export const isServed = ({ state }: Pick<GatewayStatus, "state">): boolean =>
  state === "serving" || state === "acknowledged";

/** What can be said of an Envoy that has what it should have. */
export const servedBy = (stream: DeltaStream): "serving" | "acknowledged" =>
  stream.isWitnessed ? "serving" : "acknowledged";

export interface StatusQuestion {
  handle: string;
  /** The newest revision. */
  revision: number;
  problem: ApiProblem | null;
  deployments: Deployments;
  streams: DeltaStream[];
}

export const gatewaysOf = (question: StatusQuestion): GatewayStatus[] =>
  question.streams.map((stream) => gatewayStatus(question, stream));

function gatewayStatus(question: StatusQuestion, stream: DeltaStream): GatewayStatus {
  const { handle, revision, problem, deployments } = question;
  const { routes, clusters } = deployments.resourcesOf(handle);
  const revisions = routes.map((name) =>
    deployments.revisionIn(name, stream.held("route", name), handle),
  );
  const hasClusters = clusters.every((name) => stream.held("cluster", name) !== undefined);
  const same = revisions.every((value) => value === revisions[0]) && hasClusters;
  const served = (same && revisions[0]) || null;
  const refusal = routes
    .map((name) => stream.rejection("route", name))
    .concat(clusters.map((name) => stream.rejection("cluster", name)))
    .find((found) => found !== undefined);
  const lingers = [...deployments.formerRoutesOf(handle)]
    .map((name) => deployments.revisionIn(name, stream.held("route", name), handle))
    .find((value) => value !== undefined);
  const words = refusal?.message ?? problem?.reason;
  const wanted = routes.length === 0 ? null : revision;
  const done = problem === null && served === wanted && lingers === undefined;
  return {
    id: stream.nodeId,
    state: words !== undefined ? "refused" : done ? servedBy(stream) : "pending",
    revision: served ?? lingers ?? null,
    ...(words !== undefined && { reason: words }),
  };
}
