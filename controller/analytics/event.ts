/** What Envoy's line about a request says, as an event: the shape of traffic logs, which scripts read. */
import { CallerField, SubscriptionField } from "../../sdk/auth/told.ts";
import type { ApiFacts } from "./options.ts";
import type { RequestLine, ShownHeaders } from "./request-line.ts";

/** What one policy found about the caller. */
export interface Outcome {
  success: boolean;
  method: string;
  subject: string;
  issuer: string;
  credentialId: string;
  consumer: string;
  plan: string;
  applicationId: string;
  applicationName: string;
  reason: string;
}

/** For each policy that decided, in their order. */
export const outcomesOf = ({ caller }: RequestLine): Outcome[] =>
  caller
    .split("\u0002")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split("\t");
      const at = (field: CallerField) => fields[field] ?? "";
      return {
        success: at(CallerField.Sign) === "+",
        method: at(CallerField.Method),
        subject: at(CallerField.Subject),
        issuer: at(CallerField.Issuer),
        credentialId: at(CallerField.CredentialId),
        consumer: at(CallerField.Consumer),
        plan: at(CallerField.Plan),
        applicationId: at(CallerField.ApplicationId),
        applicationName: at(CallerField.ApplicationName),
        reason: at(CallerField.Reason),
      };
    });

export interface Operation {
  api: string;
  method: string;
  route: string;
}

/** `api/GET /path@hash`; null where no route was found. */
export function operationOf({ route }: RequestLine): Operation | null {
  const [, api, method, path] = /^([^/]*)\/([A-Z]+) (.*?)(?:@[0-9a-f]*)?$/.exec(route) ?? [];
  return api === undefined ? null : { api, method: method!, route: path! };
}

/** The policy that answered; null where the upstream or Envoy did. */
export const decidedBy = ({ details }: RequestLine): string | null =>
  /^policy:(.*)$/.exec(details)?.[1] ?? null;

export function trafficEvent(line: RequestLine, factsOf: (api: string) => ApiFacts | null): object {
  const operation = operationOf(line);
  const caller = outcomesOf(line).findLast(({ success }) => success);
  const subscription = line.subscription.split("\t");
  const policy = decidedBy(line);
  const total = milliseconds(line.us);
  const upstream = milliseconds(line.upstreamUs);
  return {
    timestamp: line.t,
    correlationId: line.id || null,
    status: Number(line.status),
    api: operation && { id: operation.api, ...factsOf(operation.api) },
    operation: operation && { method: operation.method, path: operation.route },
    request: { method: line.method || null, host: line.host || null, path: line.path || null },
    target: line.upstream ? { destination: line.upstream } : null,
    decidedBy: policy,
    ...(isFailure(line) && {
      error: {
        errorType: policy ? "policy" : /^-?$/.test(line.flags) ? "upstream" : line.flags,
        details: line.details,
      },
    }),
    application: applicationOf(caller, subscription[SubscriptionField.ApplicationId]),
    consumer: caller
      ? {
          name: caller.consumer || subscription[SubscriptionField.Consumer] || null,
          subject: caller.subject || null,
          issuer: caller.issuer || null,
          credential: caller.credentialId || null,
          authentication: caller.method,
        }
      : null,
    plan: subscription[SubscriptionField.Plan] || caller?.plan || null,
    client: { ip: line.ip || null, userAgent: line.agent || null },
    sizes: { request: Number(line.rx), response: Number(line.tx) },
    latencies: {
      duration: total,
      upstream,
      upstreamFirstByte: milliseconds(line.firstUs),
      gateway: total === null ? null : round(total - (upstream ?? 0)),
    },
    ...headersOf(line),
  };
}

const applicationOf = (caller: Outcome | undefined, subscribed = ""): object | null =>
  caller?.applicationId
    ? {
        ...{ id: caller.applicationId, name: caller.applicationName },
        ...{ owner: caller.subject, keyType: caller.method },
      }
    : subscribed
      ? { id: subscribed }
      : null;

const isFailure = ({ status }: RequestLine): boolean =>
  Number(status) === 0 || Number(status) >= 400;

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;

/** Envoy writes no number where nothing was measured. */
const milliseconds = (us: string): number | null =>
  /^\d+$/.test(us) ? round(Number(us) / 1_000) : null;

const headersOf = ({ requestHeaders, responseHeaders }: RequestLine): object => ({
  ...(requestHeaders && { requestHeaders: filtered(requestHeaders) }),
  ...(responseHeaders && { responseHeaders: filtered(responseHeaders) }),
});

/** `allow:a,b` or `deny:a,b`, as the policy analytics-header-filter says it. */
function filtered({ values, filter }: ShownHeaders): Record<string, string> {
  if (!filter) return values;
  const [, mode, list = ""] = /^(allow|deny):(.*)$/.exec(filter) ?? [];
  const names = list.split(",");
  const kept = Object.entries(values).filter(
    // A filter that is not understood shows nothing.
    ([name]) => mode !== undefined && names.includes(name) === (mode === "allow"),
  );
  return Object.fromEntries(kept);
}
