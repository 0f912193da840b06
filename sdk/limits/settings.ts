/** What the gateway's configuration and the policy say about answers and counters. */
import { Limiter } from "./limiter";
import { Problems } from "./problems";
import { Refusal } from "./refusal";

/** Counters that gateways share are not here yet: to count by oneself instead would let more through. */
export function checkBackend(backend: string, problems: Problems): void {
  if (backend == "memory") return;
  problems.note(
    "backend: expected memory, found " + backend + ": gateways cannot share their counters yet",
  );
}

/** Which headers are told. */
export function tell<T>(limiter: Limiter, headers: T | null): void {
  if (headers === null) return;
  limiter.announcement.xRateLimit = headers.include_x_rate_limit;
  limiter.announcement.ietf = headers.include_ietf;
  limiter.refusal.retryAfter = headers.include_retry_after;
}

/** What a request over the limit is answered. */
export function answerWith<T>(refusal: Refusal, answer: T | null): void {
  if (answer === null) return;
  refusal.status = answer.statusCode;
  refusal.plain = answer.bodyFormat == "plain";
  if (answer.body !== null) refusal.body = answer.body!;
  else if (refusal.plain) refusal.body = refusal.message;
}
