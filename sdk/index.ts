/** All that a policy may touch. Re-exports only. */
export { LogLevel } from "./abi";
export { Body, Chunk } from "./body";
export { Cell } from "./cell";
export { Answer, Call } from "./call";
export { Context, Identity } from "./context";
export { Exchange } from "./exchange";
export { Headers } from "./headers";
export { Counter, Gauge, Histogram } from "./metrics";
export { nowMilliseconds } from "./hostcalls/clock";
export { Place } from "./place";
export { Policy, Verdict } from "./policy";
export { Reply } from "./reply";
export { Request } from "./request";
export { SharedCache } from "./shared/cache";
export { SharedCounter } from "./shared/counter";
export { SharedWindow } from "./shared/window";
export { sign, verifySignature } from "./signature";
export { Response } from "./response";
