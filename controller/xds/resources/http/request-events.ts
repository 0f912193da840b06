/**
 * One line on Envoy's standard output for each request, from which the process beside it makes events: see `analytics/`.
 * Its fields are apart by a character that no header, path or name can hold, as Envoy refuses it there. In CPU of a bare
 * request a line takes 1.7 to 3.3 %, as JSON with a key for each field 4.6 to 5.0 %, as one text in JSON 10 % (Envoy's escaping is slow
 * where it has something to escape); Envoy's gRPC access log takes more than any.
 */
import { createHash } from "node:crypto";
import { any, type JsonObject } from "../../protos.ts";

export interface RequestEventOptions {
  /** Names of headers that events hold, in lower case. */
  requestHeaders: readonly string[];
  responseHeaders: readonly string[];
  /** False: only requests about whose caller a policy decided. */
  everyRequest: boolean;
}

/** Each line begins with it, too: no line of the access log does. */
export const eventMark = "\u0001";

/** What policies told of the caller, by the names of their attributes (`sdk/auth/outcome.ts`). */
const told = (attribute: string) => `%FILTER_STATE(wasm.sluice_${attribute}:PLAIN)%`;

/** In their order; what has no value is empty. */
const fields = {
  t: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
  route: "%ROUTE_NAME%",
  method: "%REQ(:METHOD)%",
  path: "%PATH(NQ:ORIG_OR_PATH)%",
  host: "%REQ(:AUTHORITY)%",
  status: "%RESPONSE_CODE%",
  details: "%RESPONSE_CODE_DETAILS%",
  flags: "%RESPONSE_FLAGS%",
  rx: "%BYTES_RECEIVED%",
  tx: "%BYTES_SENT%",
  us: "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%",
  upstreamUs: "%COMMON_DURATION(US_TX_BEG:US_RX_END:us)%",
  firstUs: "%COMMON_DURATION(US_TX_BEG:US_RX_BEG:us)%",
  upstream: "%UPSTREAM_HOST%",
  ip: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  agent: "%REQ(USER-AGENT)%",
  id: "%REQ(X-REQUEST-ID)%",
  subscription: told("subscription"),
  caller: told("caller"),
};
export type EventField = keyof typeof fields;
export const eventFields = Object.keys(fields) as EventField[];

/**
 * Which fields a line has, in which order: it says so first, because the controller that asks Envoy for it and the agent that
 * reads it may be of different releases.
 */
export const eventLayout = createHash("sha256")
  .update(eventFields.join())
  .digest("hex")
  .slice(0, 6);

export const requestEvents = (options: RequestEventOptions): JsonObject => ({
  name: "events",
  typed_config: any("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", {
    log_format: {
      text_format_source: {
        inline_string: line([eventLayout, ...Object.values(fields), ...headers(options)]),
      },
      omit_empty_values: true,
    },
  }),
  ...(!options.everyRequest && { filter: onlyWithCaller }),
});

const line = (values: readonly string[]): string =>
  `${values.map((value) => eventMark + value).join("")}\n`;

/** Which way headers go, and what the line says of them: they come after the fields, each with its name. */
export const headerMarks = { request: ">", response: "<" } as const;

const headers = ({ requestHeaders, responseHeaders }: RequestEventOptions): string[] => [
  ...values("REQ", headerMarks.request, requestHeaders, told("request_headers")),
  ...values("RESP", headerMarks.response, responseHeaders, told("response_headers")),
];

/** The filter that a policy told has no name. */
const values = (
  command: string,
  mark: string,
  names: readonly string[],
  filter: string,
): string[] =>
  names.length === 0
    ? []
    : [`${mark}=${filter}`, ...names.map((name) => `${mark}${name}=%${command}(${name})%`)];

const onlyWithCaller: JsonObject = {
  extension_filter: {
    name: "cel",
    typed_config: any("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", {
      expression: "'wasm.sluice_caller' in filter_state",
    }),
  },
};
