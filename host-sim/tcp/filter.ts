/** A network filter, as its connection sees it. True lets pass, false holds. */
import type { Body } from "../http/body.ts";

/** As the ABI numbers who closed. */
export enum CloseType {
  Unknown = 0,
  Local = 1,
  Remote = 2,
}

export interface TcpFilter {
  newConnection(): boolean;
  downstreamData(body: Body, end: boolean): boolean;
  upstreamData(body: Body, end: boolean): boolean;
  upstreamClosed(): void;
  /** The connection is gone, and so is the filter. */
  closed(type: CloseType): void;
}
