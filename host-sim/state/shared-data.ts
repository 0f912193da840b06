/** Data and queues that all modules of one `vm_id` share, across workers, module swaps and the death of a VM. */
import { Status } from "../../sdk/abi.ts";

interface Queue {
  key: string;
  items: Uint8Array[];
  /** Told of each item: the root context that registered last. */
  ready: () => void;
}

export interface SharedValue {
  /** Each letter is a byte: an array takes ten times as much for the short values of which a module makes thousands. */
  text: string;
  cas: number;
}

export class SharedData {
  readonly #values = new Map<string, Map<string, SharedValue>>();
  readonly #queues = new Map<number, Queue>();
  #nextCas = 1;
  #nextQueue = 1;
  /** Injected: the next writes with a compare value lose against another worker. */
  lostWrites = 0;

  get(vmId: string, key: string): SharedValue | null {
    return this.#values.get(vmId)?.get(key) ?? null;
  }

  /** A compare value of 0 always writes; for a key that does not exist any value does. */
  set(vmId: string, key: string, text: string, cas: number): Status {
    let values = this.#values.get(vmId);
    if (!values) this.#values.set(vmId, (values = new Map()));
    const present = values.get(key);
    if (present && cas && this.lostWrites > 0) {
      this.lostWrites--;
      present.cas = this.#nextCas++;
    }
    if (present && cas && cas !== present.cas) return Status.CasMismatch;
    values.set(key, { text, cas: this.#nextCas++ });
    return Status.Ok;
  }

  entries(vmId: string): ReadonlyMap<string, SharedValue> {
    return this.#values.get(vmId) ?? new Map();
  }

  registerQueue(vmId: string, name: string, ready: () => void): number {
    const known = this.resolveQueue(vmId, name);
    if (known !== null) {
      this.#queues.get(known)!.ready = ready;
      return known;
    }
    const token = this.#nextQueue++;
    this.#queues.set(token, { key: `${vmId}\0${name}`, items: [], ready });
    return token;
  }

  resolveQueue(vmId: string, name: string): number | null {
    for (const [token, { key }] of this.#queues) if (key === `${vmId}\0${name}`) return token;
    return null;
  }

  enqueue(token: number, item: Uint8Array): Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    queue.items.push(item);
    queue.ready();
    return Status.Ok;
  }

  dequeue(token: number): Uint8Array | Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    return queue.items.shift() ?? Status.Empty;
  }
}
