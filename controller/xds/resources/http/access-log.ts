/** One line on standard output for each request. */
import { any, type JsonObject } from "../../protos.ts";

export type AccessLogForm = "json" | "text" | "off";

/** A query may hold a key or a token, so it is left out unless it is wanted. */
const pathsOf = (query: boolean): { path: string; upPath: string } =>
  query
    ? { path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%", upPath: "%REQ(:PATH)%" }
    : { path: "%PATH(NQ:ORIG_OR_PATH)%", upPath: "%PATH(NQ:PATH)%" };

const keys = {
  t: "%START_TIME%",
  meth: "%REQ(:METHOD)%",
  proto: "%PROTOCOL%",
  respCd: "%RESPONSE_CODE%",
  respFlg: "%RESPONSE_FLAGS%",
  bytesRx: "%BYTES_RECEIVED%",
  bytesTx: "%BYTES_SENT%",
  dur: "%DURATION%",
  upSvcT: "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
  xff: "%REQ(X-FORWARDED-FOR)%",
  ua: "%REQ(USER-AGENT)%",
  reqId: "%REQ(X-REQUEST-ID)%",
  host: "%REQ(:AUTHORITY)%",
  upHost: "%UPSTREAM_HOST%",
  upProto: "%UPSTREAM_PROTOCOL%",
  respCdDtl: "%RESPONSE_CODE_DETAILS%",
  connTrmDtl: "%CONNECTION_TERMINATION_DETAILS%",
  reqTxDur: "%REQUEST_TX_DURATION%",
  respTxDur: "%RESPONSE_TX_DURATION%",
  reqDur: "%REQUEST_DURATION%",
  respDur: "%RESPONSE_DURATION%",
};

const text = (path: string): string =>
  `[%START_TIME%] "%REQ(:METHOD)% ${path} %PROTOCOL%" %RESPONSE_CODE% ` +
  '%RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" ' +
  '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n';

export const accessLog = (form: Exclude<AccessLogForm, "off">, query = false): JsonObject => ({
  name: "stdout",
  typed_config: any("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", {
    log_format:
      form === "json"
        ? { json_format: { ...keys, ...pathsOf(query) } }
        : { text_format_source: { inline_string: text(pathsOf(query).path) } },
  }),
});
