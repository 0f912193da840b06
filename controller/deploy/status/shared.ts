/**
 * One status for several controllers: each writes down what its gateways serve, and answers for those of the others by
 * what they wrote. What cannot be known is never said to be served.
 */
import { randomUUID } from "node:crypto";
import { reason } from "../../errors.ts";
import type { SeenGateway, ServedStore } from "../../store/served.ts";
import type { ServedRow } from "../../store/schema.ts";
import type { DeltaStream } from "../../xds/stream.ts";
import { isServed, type GatewayStatus } from "./of-api.ts";

/** The module that serves, beside the APIs by their handles, which have no slash. */
export const moduleSubject = "/module";

/** What this controller says of a subject: what it wants served, and what each of its gateways makes of it. */
export interface Told {
  /** Equal on two controllers when they want the same; empty when nothing is to be served. */
  wanted: string;
  /** In the order of the streams. */
  gateways: GatewayStatus[];
}

export interface SharedStatusOptions {
  served: ServedStore;
  streams: () => DeltaStream[];
  /** All that can be asked for. */
  subjects: () => string[];
  tell: (subject: string) => Told;
  /** Called when there is something to publish. */
  touched: () => void;
  log: (line: string) => void;
}

/** Often enough that no other controller takes this one for gone. */
const heartbeatMs = 3_000;

export class SharedStatus {
  private readonly ids = new WeakMap<DeltaStream, string>();
  /** What was written: by gateway and subject, the row as text. */
  private written = new Map<string, Map<string, string>>();
  /** Subjects that may differ from what was written. */
  private readonly touched = new Set<string>();
  /** Those that some gateway does not serve yet: the next answer may be theirs. */
  private readonly open = new Set<string>();
  private lookAtAll = true;
  private known: readonly SeenGateway[] = [];
  private failing = false;
  private queued = false;
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SharedStatusOptions) {}

  async begin(): Promise<void> {
    await this.options.served.alive();
    this.timer = setInterval(() => void this.beat(), heartbeatMs);
    this.publish();
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.writing;
    await this.options.served.end().catch(() => {});
  }

  /** Something about a subject changed here. */
  touch(subject: string): void {
    this.touched.add(subject);
    this.options.touched();
  }

  /** Writes what changed since it was written last. */
  publish(): void {
    if (this.queued) return;
    this.queued = true;
    void this.next(async () => {
      this.queued = false;
      await this.writeChanges();
    });
  }

  /** What the gateways of other controllers serve, each of them in the order of the subjects. */
  async elsewhere(wanted: ReadonlyMap<string, string>): Promise<Map<string, GatewayStatus[]>> {
    try {
      const { gateways, rows } = await this.options.served.elsewhere([...wanted.keys()]);
      this.known = gateways;
      const found = new Map(rows.map((row) => [`${row.gateway} ${row.subject}`, row]));
      return eachOf(wanted, (subject) =>
        gateways.map(({ id, node }) =>
          statusOf(node, found.get(`${id} ${subject}`), wanted.get(subject)!),
        ),
      );
    } catch (error) {
      const unknown = `it follows another controller, and what that one says cannot be read: ${reason(error)}`;
      return eachOf(wanted, () =>
        this.known.map(({ node }) => ({
          ...{ id: node, state: "pending" as const, revision: null },
          reason: unknown,
        })),
      );
    }
  }

  /** Of one subject. */
  async elsewhereOf(subject: string, wanted: string): Promise<GatewayStatus[]> {
    return (await this.elsewhere(new Map([[subject, wanted]]))).get(subject)!;
  }

  private beat(): Promise<void> {
    return this.next(async () => {
      if (!(await this.options.served.alive())) this.written.clear();
      this.lookAtAll = true;
      await this.writeChanges();
    });
  }

  private next(work: () => Promise<void>): Promise<void> {
    this.writing = this.writing.then(() => this.attempt(work));
    return this.writing;
  }

  private async writeChanges(): Promise<void> {
    const streams = this.options.streams();
    // One that has not said yet who it is has no id.
    const ids = streams.map((stream) => (stream.nodeId === "" ? null : this.idOf(stream)));
    const came = streams.flatMap(({ nodeId: node }, i) => {
      const id = ids[i]!;
      return id === null || this.written.has(id) ? [] : [{ id, node }];
    });
    const went = [...this.written.keys()].filter((id) => !ids.includes(id));
    const all = this.lookAtAll || came.length > 0;
    const subjects = all ? this.everySubject() : new Set([...this.touched, ...this.open]);
    const rows: ServedRow[] = [];
    const removed: Pick<ServedRow, "gateway" | "subject">[] = [];
    for (const subject of subjects) {
      const { wanted, gateways } = this.options.tell(subject);
      ids.forEach((gateway, i) => {
        if (gateway === null) return;
        const before = this.written.get(gateway)?.get(subject);
        const row = rowOf({ gateway, subject, wanted }, gateways[i]!);
        if (row === null) {
          if (before !== undefined) removed.push({ gateway, subject });
        } else if (before !== textOf(row)) rows.push(row);
      });
      if (gateways.every(isServed)) this.open.delete(subject);
      else this.open.add(subject);
    }
    this.touched.clear();
    this.lookAtAll = false;
    if (came.length + went.length + rows.length + removed.length === 0) return;
    try {
      await this.options.served.write({ came, went, rows, removed });
    } catch (error) {
      this.lookAtAll = true;
      throw error;
    }
    for (const id of went) this.written.delete(id);
    for (const { id } of came) this.written.set(id, new Map());
    for (const row of rows) this.written.get(row.gateway)!.set(row.subject, textOf(row));
    for (const { gateway, subject } of removed) this.written.get(gateway)!.delete(subject);
  }

  private everySubject(): Set<string> {
    const before = [...this.written.values()].flatMap((rows) => [...rows.keys()]);
    return new Set([...this.options.subjects(), ...before]);
  }

  private idOf(stream: DeltaStream): string {
    const id = this.ids.get(stream) ?? randomUUID();
    this.ids.set(stream, id);
    return id;
  }

  /** One line when it begins to fail: the next heartbeat tries again. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        this.options.log(`cannot tell other controllers what is served here: ${reason(error)}`);
      this.failing = true;
    }
  }
}

type Place = Pick<ServedRow, "gateway" | "subject" | "wanted">;

/** Null when there is nothing to say: nothing is wanted, and nothing is served. */
const rowOf = (place: Place, { state, revision, reason }: GatewayStatus): ServedRow | null =>
  place.wanted === "" && revision === null && isServed({ state })
    ? null
    : { ...place, state, revision, reason: reason ?? null };

const textOf = ({ wanted, state, revision, reason }: ServedRow): string =>
  JSON.stringify([wanted, state, revision, reason]);

/** A row about something else than what is wanted now proves nothing. */
function statusOf(id: string, row: ServedRow | undefined, wanted: string): GatewayStatus {
  if (!row) return { id, state: wanted === "" ? "acknowledged" : "pending", revision: null };
  const { state, revision, reason } = row;
  if (row.wanted !== wanted) return { id, state: "pending", revision };
  return { id, state, revision, ...(reason !== null && { reason }) };
}

const eachOf = <T>(subjects: ReadonlyMap<string, string>, tell: (subject: string) => T) =>
  new Map([...subjects.keys()].map((subject) => [subject, tell(subject)]));
