/** What may be asked of an API key: when it is made, replaced and regenerated. */
import type { Reader } from "../model/reader.ts";
import { readDuration } from "../model/duration.ts";
import { readExpiry } from "./expiry.ts";
import { plain, readRaw } from "./reading.ts";

export interface KeyRules {
  /** Active keys of one user for one API. */
  perUser: number;
  /** Length of keys that come from elsewhere. */
  minLength: number;
  maxLength: number;
}

export const keyRules: KeyRules = { perUser: 10, minLength: 36, maxLength: 128 };

const longestOverlapMs = 30 * 86_400_000;

export const readNewKey = (body: Reader, rules: KeyRules) => ({
  wish: readWish(body, rules),
  name: body.at("name").text({
    ...{ min: 3, max: 63, pattern: /^[a-z0-9]+([-_][a-z0-9]+)*$/ },
    says: "must be lower-case letters and digits, joined by single - or _",
  }),
  expires: readExpiry(body),
});

export function readKeyChange(body: Reader, rules: KeyRules, name: string) {
  body.at("apiKey").required();
  const wanted = body.at("name");
  if (!wanted.absent && wanted.text() !== name)
    wanted.fail(`must be '${name}', as in the URL: keys keep their names`);
  return { wish: readWish(body, rules), expires: readExpiry(body) };
}

export function readRegeneration(body: Reader) {
  const overlap = body.at("overlap");
  const overlapMs = readDuration(overlap) ?? 0;
  if (overlapMs > longestOverlapMs) overlap.fail("must be at most 720h");
  return { overlapMs, expires: readExpiry(body) };
}

const readWish = (body: Reader, { minLength, maxLength }: KeyRules) => ({
  raw: readRaw(body.at("apiKey"), minLength, maxLength),
  masked: body.at("maskedApiKey").text({ max: 64 }),
  issuer: body.at("issuer").text(plain),
  externalRef: body.at("externalRefId").text(plain),
  applicationId: body.at("applicationId").text(plain),
  applicationName: body.at("applicationName").text(plain),
});
