/**
 * A proxy-wasm host for tests and for a laptop: the module that goes to Envoy runs here, and what the world sees is
 * what Envoy would show it.
 */
import { Gateway } from "./gateway.ts";
import type { Setup } from "./setup.ts";

/** Loads modules, configures them as Envoy does, and is ready for requests. */
export const simulate = (setup: Setup): Promise<Gateway> => Gateway.start(setup);

export { parseUpstream, run, type BodyReport, type RequestReport, type RunReport } from "./run.ts";
export { HangError, SimulatorError } from "./errors.ts";
export type { OpenRequest } from "./client.ts";
export type { TcpConnection } from "./tcp/connection.ts";
export type { TcpEnd } from "./tcp/end.ts";
export type { Gateway } from "./gateway.ts";
export type { CalloutRecord } from "./http/callouts.ts";
export type { Chain, ChainLink, Route, RouteMatch } from "./http/routes.ts";
export type {
  BodyInput,
  HeaderInput,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from "./http/upstream.ts";
export type { Answer, Disconnect, FilterSetup, Injections, Request, Setup } from "./setup.ts";
export type { LogEntry } from "./wasm/host.ts";
export type { ModuleSource } from "./module/module.ts";
export type { Case, Expected, Step } from "./cases.ts";
export { chainOf, play, type Outcome, type OwnPolicy } from "./cases/play.ts";
export { check } from "./cases/check.ts";
export { simulatorRunner } from "./cases/simulator.ts";
export type { Loaded, Runner, RunnerAnswer, RunnerSetup } from "./cases/runner.ts";
export { asCase, describeWay } from "./server/describe.ts";
export { proxyTo } from "./server/proxy.ts";
export { serve, type DevGateway, type RequestWay, type ServeOptions } from "./server/serve.ts";
