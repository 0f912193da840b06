/** One policy in a chain. */
import { Condition } from "./conditions/hook";
import { Handlers } from "../policy";

/** Which handlers a policy overrides, one bit each; the build reads them off the source. */
export enum Handles {
  RequestHeaders = 1,
  RequestBody = 2,
  RequestChunk = 4,
  RequestTrailers = 8,
  ResponseHeaders = 16,
  ResponseBody = 32,
  ResponseChunk = 64,
  ResponseTrailers = 128,
  Log = 256,
  Setup = 512,
  Refresh = 1024,
  Tick = 2048,
}

export class Link {
  constructor(
    public policy: Handlers,
    public name: string,
    public version: string,
    public handles: i32,
    /** Its place in the chain. */
    public at: i32,
  ) {}

  /** The place of the policy that offered it as an alternative; -1 if none did. */
  decider: i32 = -1;
  /** Whether it runs in a phase; null: always. */
  condition: Condition | null = null;
  /** Milliseconds since 1970 at which it ticks next. */
  due: i64 = 0;
}

/** `name version` of the link at this address, for logs. */
export function describe(address: usize): string {
  if (!address) return "engine";
  const link = changetype<Link>(address);
  return link.name + " " + link.version;
}
