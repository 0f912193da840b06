/** What Envoy's line about a request says, as an event: the shape of traffic logs, which scripts read. */
import type { ApiFacts } from "./options.ts";

/** The line as Envoy writes it (`xds/resources/request-events.ts`); what has no value is absent. */
export interface RequestLine {
  t: string;
  route?: string;
  method?: string;
  path?: string;
  host?: string;
  status?: number;
  details?: string;
  flags?: string;
  rx: number;
  tx: number;
  us?: number;
  upstreamUs?: number;
  firstUs?: number;
  upstream?: string;
  ip?: string;
  agent?: string;
  id?: string;
  caller?: string;
  subscription?: string;
  requestHeaders?: Record<string, string>;
  requestFilter?: string;
  responseHeaders?: Record<string, string>;
  responseFilter?: string;
}

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

/** A line for each policy that decided, in their order; fields apart by tabs: `sdk/auth/outcome.ts` writes them. */
export const outcomesOf = ({ caller = "" }: RequestLine): Outcome[] =>
  caller
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split("\t");
      const at = (index: number) => fields[index] ?? "";
      return {
        ...{ success: at(0) === "+", method: at(1), subject: at(2), issuer: at(3) },
        ...{ credentialId: at(4), consumer: at(5), plan: at(6) },
        ...{ applicationId: at(7), applicationName: at(8), reason: at(9) },
      };
    });

export interface Operation {
  api: string;
  method: string;
  route: string;
}

/** `api/GET /path@hash`; null where no route was found. */
export function operationOf({ route = "" }: RequestLine): Operation | null {
  const [, api, method, path] = /^([^/]*)\/([A-Z]+) (.*?)(?:@[0-9a-f]*)?$/.exec(route) ?? [];
  return api === undefined ? null : { api, method: method!, route: path! };
}

/** The policy that answered; null where the upstream or Envoy did. */
export const decidedBy = ({ details = "" }: RequestLine): string | null =>
  /^policy:(.*)$/.exec(details)?.[1] ?? null;

export function trafficEvent(line: RequestLine, factsOf: (api: string) => ApiFacts | null): object {
  const operation = operationOf(line);
  const caller = outcomesOf(line).findLast(({ success }) => success);
  const [subscriber, plan, application] = (line.subscription ?? "").split("\t");
  const policy = decidedBy(line);
  const total = milliseconds(line.us);
  const upstream = milliseconds(line.upstreamUs);
  return {
    timestamp: line.t,
    correlationId: line.id ?? null,
    status: line.status ?? 0,
    api: operation && { id: operation.api, ...factsOf(operation.api) },
    operation: operation && { method: operation.method, path: operation.route },
    request: { method: line.method ?? null, host: line.host ?? null, path: line.path ?? null },
    target: line.upstream ? { destination: line.upstream } : null,
    decidedBy: policy,
    ...(isFailure(line) && {
      error: { errorType: policy ? "policy" : (line.flags ?? "upstream"), details: line.details },
    }),
    application: applicationOf(caller, application),
    consumer: caller
      ? {
          name: caller.consumer || subscriber || null,
          subject: caller.subject || null,
          issuer: caller.issuer || null,
          credential: caller.credentialId || null,
          authentication: caller.method,
        }
      : null,
    plan: plan || caller?.plan || null,
    client: { ip: line.ip ?? null, userAgent: line.agent ?? null },
    sizes: { request: line.rx, response: line.tx },
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

const isFailure = ({ status = 0 }: RequestLine): boolean => status === 0 || status >= 400;

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;

const milliseconds = (us: number | undefined): number | null =>
  us === undefined ? null : round(us / 1_000);

function headersOf(line: RequestLine): object {
  const { requestHeaders, requestFilter, responseHeaders, responseFilter } = line;
  return {
    ...(requestHeaders && { requestHeaders: filtered(requestHeaders, requestFilter) }),
    ...(responseHeaders && { responseHeaders: filtered(responseHeaders, responseFilter) }),
  };
}

/** `allow:a,b` or `deny:a,b`, as the policy analytics-header-filter says it. */
function filtered(headers: Record<string, string>, filter?: string): Record<string, string> {
  if (!filter) return headers;
  const [, mode, list = ""] = /^(allow|deny):(.*)$/.exec(filter) ?? [];
  const names = list.split(",");
  const shown = Object.entries(headers).filter(
    // A filter that is not understood shows nothing.
    ([name]) => mode !== undefined && names.includes(name) === (mode === "allow"),
  );
  return Object.fromEntries(shown);
}
