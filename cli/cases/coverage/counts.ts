/** How often each statement of a counting module ran, over all of its instances. */
import { UserError } from "../../../controller/errors.ts";

export class Counts {
  readonly hits: number[];
  #instances: WebAssembly.Exports[] = [];

  constructor(statements: number) {
    this.hits = Array<number>(statements).fill(0);
  }

  /** Is shown each instance as it starts; what it counts is read by `take`. */
  readonly instance = (exports: WebAssembly.Exports): void => void this.#instances.push(exports);

  /** Adds what the instances counted, and lets go of them. */
  take(): void {
    for (const { c, memory } of this.#instances.splice(0)) {
      if (!(c instanceof WebAssembly.Global && memory instanceof WebAssembly.Memory))
        throw new UserError("coverage: the module counts nothing");
      const counters = new DataView(memory.buffer, Number(c.value));
      this.hits.forEach((before, i) => (this.hits[i] = before + counters.getUint32(4 * i, true)));
    }
  }
}
