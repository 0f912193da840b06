/** Revoked tokens: gateways refuse them at once, though their signature and time are good. */
import { sha256Hex } from "../../host-sim/feed/words.ts";
import type { Reader } from "../model/reader.ts";
import {
  revocationId,
  type Revocation,
  type RevocationStore,
} from "../store/access/revocations.ts";
import { readMoment } from "./expiry.ts";
import { plain, readBody, readRaw } from "./reading.ts";
import { Missing } from "./refusals.ts";

const longestToken = 16_384;

export class Revocations {
  constructor(private readonly store: RevocationStore) {}

  list(): Promise<Revocation[]> {
    return this.store.rows.with({});
  }

  /** Revoking again moves the end. */
  async revoke(sent: unknown, user: string): Promise<Revocation> {
    const wish = readBody(sent, readRevocation);
    const row = { ...wish, id: "", created_by: user, created_at: new Date().toISOString() };
    row.id = revocationId(row).toString("hex");
    await this.store.write(row);
    return row;
  }

  /** What is revoked no longer. */
  async restore(id: string): Promise<Revocation> {
    const found = await this.store.rows.byKey(id);
    if (!found) throw new Missing(`revoked token '${id}' not found`);
    await this.store.remove(found);
    return found;
  }

  async cleanUp(): Promise<void> {
    for (;;) {
      const ended = await this.store.ended(new Date(Date.now() - 3_600_000).toISOString());
      for (const one of ended) await this.store.remove(one);
      if (ended.length === 0) return;
    }
  }
}

export function readRevocation(body: Reader) {
  const [token, jti, issuer] = [body.at("token"), body.at("jti"), body.at("issuer")];
  if (token.absent === jti.absent) body.at("token").fail("or jti is required, and not both");
  if (!jti.absent) issuer.required();
  const raw = readRaw(token, 1, longestToken);
  const sent = body.at("expiresAt");
  // Without an end it would stay for ever; a JWT has its own.
  const expires_at = readMoment(sent) ?? (raw === null ? null : endOf(raw));
  if (expires_at === null && sent.absent)
    sent.fail("is required: until when the token would be good");
  return raw === null
    ? { issuer: issuer.text(plain), value: jti.text(plain) ?? "", expires_at: expires_at ?? "" }
    : { issuer: null, value: sha256Hex(raw), expires_at: expires_at ?? "" };
}

/** The `exp` of a JWT; null for any other token. */
function endOf(token: string): string | null {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
      exp?: unknown;
    };
    const { exp } = claims;
    if (typeof exp !== "number" || !(exp > 0 && exp < 1e11)) return null;
    return new Date(exp * 1_000).toISOString();
  } catch {
    return null;
  }
}
