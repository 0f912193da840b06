/** When a key or a plan ends: a moment, or a while from now. */
import type { Reader } from "../model/reader.ts";

const unitSeconds = {
  seconds: 1,
  minutes: 60,
  hours: 3_600,
  days: 86_400,
  weeks: 604_800,
  /** Of 30 days. */
  months: 2_592_000,
} as const;
const units = Object.keys(unitSeconds) as (keyof typeof unitSeconds)[];

const longestSeconds = 100 * 366 * 86_400;

/** `expiresAt` wins over `expiresIn`; null when neither is there. As ISO 8601 in UTC. */
export function readExpiry(body: Reader): string | null {
  const within = body.at("expiresIn");
  const until = readMoment(body.at("expiresAt"));
  if (within.absent || !within.isObject()) return until;
  const unit = within.at("unit").required().oneOf(units);
  const duration = within.at("duration").required().integer(1, 1_000_000_000);
  if (until !== null || unit === null || duration === null) return until;
  const seconds = duration * unitSeconds[unit];
  if (seconds > longestSeconds) {
    within.fail(`must be at most 100 years, found ${duration} ${unit}`);
    return null;
  }
  return new Date(Date.now() + seconds * 1_000).toISOString();
}

/** A time to come, as RFC 3339 writes it. */
export function readMoment(reader: Reader): string | null {
  const text = reader.text({
    pattern: /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/,
    says: "must be a time such as 2030-01-31T12:00:00Z",
  });
  if (text === null || reader.findings.errors.some(({ field }) => field === reader.path))
    return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) reader.fail(`must be a time that exists, found "${text}"`);
  else if (time <= Date.now()) reader.fail(`must lie in the future, found "${text}"`);
  else return new Date(time).toISOString();
  return null;
}

export const hasExpired = ({ expires_at }: { expires_at: string | null }): boolean =>
  expires_at !== null && Date.parse(expires_at) <= Date.now();
