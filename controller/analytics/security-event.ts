/** One event for each authentication that a policy decided: who, how, why not, and from where. Never what was shown. */
import { operationOf, type Outcome } from "./event.ts";
import type { RequestLine } from "./request-line.ts";

export function securityEvent(line: RequestLine, outcome: Outcome): object {
  const operation = operationOf(line);
  const { success, method, subject, issuer, credentialId, consumer, reason } = outcome;
  return {
    event: "authentication",
    outcome: success ? "success" : "failure",
    timestamp: line.t,
    correlationId: line.id || null,
    method,
    // What a failure names is what the client claimed.
    [success ? "subject" : "claimed"]: subject || null,
    ...(issuer && { issuer }),
    ...(credentialId && { credential: credentialId }),
    ...(consumer && { consumer }),
    ...(reason && { reason }),
    status: Number(line.status),
    client: { ip: line.ip || null, userAgent: line.agent || null },
    api: operation?.api ?? null,
    operation: operation && { method: operation.method, path: operation.route },
    path: line.path || null,
  };
}
