/**
 * The bodies of the answers that Envoy itself gives. Answers of policies pass as they are: the mappers look for Envoy's
 * own reasons, which a policy's answer never has.
 */
import { any, type JsonObject } from "../../protos.ts";
import { refusedFor } from "./refusals.ts";

/** `text` leaves Envoy's own words, apart from the 404. */
export type ErrorForm = "json" | "text";

interface Reply {
  when: JsonObject;
  /** Replaces Envoy's status. */
  status?: number;
  error: string;
}

const flags = (...names: string[]): JsonObject => ({ response_flag_filter: { flags: names } });

/** A condition on why Envoy answered, in CEL. */
const because = (details: string): JsonObject => ({
  extension_filter: {
    name: "cel",
    typed_config: any("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", {
      expression: `response.code_details.startsWith("${details}")`,
    }),
  },
});

const notFound: Reply = { when: flags("NR"), error: "Not Found" };

const refused = (policy: string): JsonObject =>
  because(`rbac_access_denied_matched_policy[${policy}]`);

/** Envoy would answer 403, whatever it refuses for. */
const refusals: Reply[] = [
  { when: refused(refusedFor.ambiguous), status: 400, error: "Bad Request" },
  { when: refused(refusedFor.loop), status: 508, error: "Loop Detected" },
];

/** In the order in which they are tried. */
const replies: Reply[] = [
  { when: because("missing_host_header"), error: "Bad Request" },
  { when: because("path_normalization_failed"), error: "Bad Request" },
  { when: because("http1.headers_too_large"), error: "Request Header Fields Too Large" },
  { when: because("http1.too_many_headers"), error: "Request Header Fields Too Large" },
  { when: because("http1."), error: "Bad Request" },
  { when: because("http2."), error: "Bad Request" },
  { when: because("fault_filter_abort"), error: "Fault Injected" },
  { when: because("request_payload_too_large"), error: "Payload Too Large" },
  { when: because("response_payload_too_large"), error: "Internal Server Error" },
  { when: because("request_overall_timeout"), error: "Request Timeout" },
  { when: because("upgrade_failed"), error: "Forbidden" },
  { when: because("overload"), error: "Service Unavailable" },
  { when: flags("UT", "SI"), error: "Gateway Timeout" },
  { when: flags("UPE"), error: "Bad Gateway" },
  {
    when: flags("UF", "UH", "UO", "UC", "UR", "LR", "URX", "NC", "LH", "OM", "DF"),
    error: "Service Unavailable",
  },
];

export const localReplies = (form: ErrorForm): JsonObject => ({
  local_reply_config: {
    mappers: [notFound, ...refusals, ...(form === "json" ? replies : [])].map(mapper),
  },
});

const mapper = ({ when, status, error }: Reply): JsonObject => ({
  filter: when,
  ...(status !== undefined && { status_code: status }),
  body: { inline_string: JSON.stringify({ error }) },
  body_format_override: {
    text_format_source: { inline_string: "%LOCAL_REPLY_BODY%" },
    content_type: "application/json",
  },
});
