/** The simulator's public face. */
export { simulate } from "./simulate.ts";
export { Gateway, HangError, type RequestOptions } from "./gateway/gateway.ts";
export type { Answer, Exchange } from "./gateway/exchange.ts";
export type { ModuleOptions, SimulateOptions } from "./gateway/options.ts";
export type { Chain, ChainPolicy, Route, RouteMatch } from "./http/routes.ts";
export type { BodyInput, FixedAnswer, Headers, HeadersInput, SeenRequest, Upstream } from "./http/upstream.ts";
export type { LogLine } from "./proxy/world.ts";
export type { CalloutRecord } from "./proxy/callouts.ts";
export { StartError, type FailurePolicy } from "./proxy/plugin.ts";
export { ModuleError } from "./wasm/module.ts";
