/** A gateway on the simulator that is given one chain after another, each of one policy. */
import { expect } from "vitest";
import { build, type BuildOptions } from "../../cli/build/index.ts";
import { Gateway } from "../../host-sim/gateway.ts";
import type { Setup } from "../../host-sim/setup.ts";

export class OneByOne {
  private chains = 0;

  private constructor(readonly gateway: Gateway) {}

  static async start(
    folders: readonly string[],
    setup: Pick<Setup, "upstream" | "clusters"> = {},
    options: BuildOptions = {},
  ): Promise<OneByOne> {
    const { wasm } = await build(folders, options);
    const engine = { module: wasm, rootId: "sluice.gateway", chain: { policies: [] } };
    return new OneByOne(await Gateway.start({ ...engine, ...setup }));
  }

  /** The chain has a name of its own, so that the engine reads it anew. */
  use(name: string, params: object): void {
    const chain = { policies: [{ name, version: "v1", params }] };
    this.gateway.setChain(chain, `api/GET /*@${++this.chains}`);
  }

  /** What came back, and all that was logged: never of a fault. */
  async ask(request: Parameters<Gateway["request"]>[0]) {
    const answer = await this.gateway.request(request);
    const said = answer.logs.map(({ message }) => message).join("\n");
    expect(said).not.toMatch(/failed:|trapped|out of fuel/);
    return { answer, status: answer.status, said };
  }

  close(): Promise<void> {
    return this.gateway.close();
  }
}
