/** What every phase of a request has: its attributes, its state, the context, the log. */
import { LogLevel } from "./abi";
import { Context } from "./context";
import { reply } from "./engine/acts";
import { Chain } from "./engine/chain";
import { stream, streamAddress, linkAddress } from "./engine/live";
import { keptHeader } from "./engine/kept";
import { describe } from "./engine/link";
import { enterStream, leaveRegion } from "./engine/runtime/index";
import { stateSlot } from "./engine/states";
import { Fact } from "./engine/stream";
import { nowMilliseconds } from "./hostcalls/clock";
import { log as write } from "./hostcalls/log";
import { boolProperty, integerProperty, setProperty, textProperty } from "./hostcalls/property";
import { Verdict } from "./policy";
import { Reply } from "./reply";

export class Exchange {
  /** What this request's policies share. */
  get context(): Context {
    const record = stream();
    if (!record.shared) {
      enterStream();
      record.shared = changetype<usize>(new Context());
      leaveRegion();
    }
    return changetype<Context>(record.shared);
  }

  /** This policy's own object for this request: made at its first use, kept until the request ends. */
  state<T>(): T {
    const record = stream();
    const slot = stateSlot(record, record.at);
    if (!load<usize>(slot)) {
      enterStream();
      store<usize>(slot, changetype<usize>(instantiate<T>()));
      leaveRegion();
    }
    return changetype<T>(load<usize>(slot));
  }

  /**
   * A request header as the client sent it, in any phase: null if there was none, or if the policy did
   * not `keep` it. `:method`, `:path` and `:authority` can be kept too.
   */
  client(name: string): string | null {
    return keptHeader(stream(), name);
  }

  /** A text attribute of the host, such as `source.address` or `xds.cluster_name`. */
  attribute(path: string): string | null {
    return textProperty(path);
  }

  integer(path: string, missing: i64 = -1): i64 {
    return integerProperty(path, missing);
  }

  flag(path: string): bool {
    return boolProperty(path);
  }

  /** Sets an attribute of this request for filters and logs behind this one: `filter_state["wasm.<path>"]`. */
  setAttribute(path: string, value: string): bool {
    return setProperty(path, value);
  }

  /** Whether the gateway keeps records of requests: what nobody else reads need not be told where it does not. */
  get isRecorded(): bool {
    return changetype<Chain>(stream().chain).recorded;
  }

  /** Milliseconds since 1970. */
  get now(): i64 {
    return nowMilliseconds();
  }

  /** In `onLog`: true if a policy before this one answered, so that the request never was this one's. */
  get refusedEarlier(): bool {
    const record = stream();
    return record.repliedAt < record.at;
  }

  /** True if a policy of the chain, not the upstream, answered the request. */
  get answeredHere(): bool {
    return stream().has(Fact.Replied);
  }

  /**
   * Ends the request here with `{"error":…,"message":…}`; on the way out it replaces the upstream's answer, and where that has
   * begun to be sent, it ends it.
   */
  deny(status: i32, message: string): Verdict {
    return reply(new Reply(status).error(message));
  }

  /** The same with an answer of the policy's own. */
  respond(answer: Reply): Verdict {
    return reply(answer);
  }

  /** Writes to the gateway's log, with the policy's name in front. */
  log(level: LogLevel, message: string): void {
    write(level, describe(linkAddress) + ": " + message);
  }
}
