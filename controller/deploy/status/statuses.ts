/** The status of an API: at the gateways that follow this controller, and, where there are several, at all of them. */
import type { DeltaStream } from "../../xds/stream.ts";
import type { Documents } from "../documents.ts";
import type { Deployments } from "../resources/deployments.ts";
import {
  gatewaysOf,
  isServed,
  settledAs,
  type ApiProblem,
  type ApiStatus,
  type GatewayStatus,
  type Settled,
} from "./of-api.ts";
import type { Told } from "./shared.ts";

export interface StatusesOptions {
  documents: Documents;
  deployments: Deployments;
  /** Why the newest revision of an API is not the one that is served. */
  problems: ReadonlyMap<string, ApiProblem>;
  streams: () => DeltaStream[];
  /** What gateways of other controllers serve, by handle and what each should have. */
  elsewhere?: (wanted: ReadonlyMap<string, string>) => Promise<Map<string, GatewayStatus[]>>;
}

export class Statuses {
  constructor(private readonly options: StatusesOptions) {}

  /** At the gateways that follow this controller. */
  here(handle: string): ApiStatus {
    const { deployments, streams } = this.options;
    const problem = this.options.problems.get(handle) ?? null;
    const revision = this.revision(handle);
    return {
      gateways: gatewaysOf({ handle, revision, problem, deployments, streams: streams() }),
      problem,
    };
  }

  isServedHere(handle: string): boolean {
    return this.here(handle).gateways.every(isServed);
  }

  /** At the gateways of all controllers, in the order of the handles. */
  async everywhere(handles: readonly string[]): Promise<ApiStatus[]> {
    const wanted = new Map(handles.map((handle) => [handle, this.wanted(handle)]));
    const elsewhere = await this.options.elsewhere?.(wanted);
    return handles.map((handle) => {
      const { gateways, problem } = this.here(handle);
      const others = elsewhere?.get(handle) ?? [];
      const refused = others.find(({ state }) => state === "refused");
      const theirs = refused && {
        revision: this.revision(handle),
        reason: refused.reason ?? "",
      };
      return { gateways: [...gateways, ...others], problem: problem ?? theirs ?? null };
    });
  }

  /** Whether every connected Envoy serves the newest revision, whichever controller it follows. */
  async settled(handle: string): Promise<Settled> {
    const [status] = await this.everywhere([handle]);
    return status!.problem !== null ? "refused" : settledAs(status!.gateways);
  }

  /** For other controllers: what should be served of an API, and what the gateways here make of it. */
  told(handle: string): Told {
    return { wanted: this.wanted(handle), gateways: this.here(handle).gateways };
  }

  /** The same text on every controller, empty for none. */
  private wanted(handle: string): string {
    const artifact = this.options.documents.get(handle);
    return artifact ? `${artifact.uuid}@${artifact.revision}` : "";
  }

  private revision(handle: string): number {
    return this.options.documents.get(handle)?.revision ?? 0;
  }
}
