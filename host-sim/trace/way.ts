/**
 * The way of one callback through a module: which policy ran, how long, and what it did. A module that was built for it
 * says whose turn it is; of any other the whole callback is one step.
 */
export interface TraceStep {
  filter: string;
  /** The policy that ran; null for the engine itself, and for modules that do not tell. */
  policy: string | null;
  callback: string;
  /** Milliseconds of real time inside the module. */
  ms: number;
  /** What the callback answered, as the ABI numbers it; 0 but for its last step. */
  answer: number;
  /** What was changed, asked for, logged or went wrong, in words and in order. */
  did: string[];
}

export class CallbackWay {
  readonly #steps: TraceStep[] = [];
  #step!: TraceStep;
  #since = 0;

  constructor(
    private readonly filter: string,
    private readonly callback: string,
  ) {
    this.#begin(null);
  }

  #begin(policy: string | null): void {
    const { filter, callback } = this;
    this.#step = { filter, policy, callback, ms: 0, answer: 0, did: [] };
    this.#steps.push(this.#step);
    this.#since = performance.now();
  }

  #finish(): void {
    this.#step.ms = performance.now() - this.#since;
  }

  note(what: string): void {
    this.#step.did.push(what);
  }

  /** From now on this policy runs; null is the engine. */
  runs(policy: string | null): void {
    if (policy === this.#step.policy) return;
    this.#finish();
    this.#begin(policy);
  }

  /** What is worth telling: every policy that ran, and the engine where it did something. */
  end(answer: number): TraceStep[] {
    this.#finish();
    const told = this.#steps.filter(({ policy, did }) => policy !== null || did.length > 0);
    const steps = told.length > 0 ? told : this.#steps.slice(0, 1);
    steps[steps.length - 1]!.answer = answer;
    return steps;
  }
}
