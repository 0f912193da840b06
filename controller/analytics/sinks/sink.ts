/** Where events go. */
export interface Sink {
  /** For metrics and logs. */
  name: string;
  /** One JSON text each; rejects when they were not taken. */
  send(events: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The sink understood and does not want it: trying again is of no use. */
export class Refused extends Error {}
