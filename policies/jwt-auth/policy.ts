import { Answer, Identity, nowMilliseconds, Policy, Request, Verdict } from "sluice/sdk";
import { CredentialHeader, Forwarding, credentialOf } from "sluice/sdk/auth/credential";
import { Durations } from "sluice/sdk/auth/durations";
import { KeyManager } from "sluice/sdk/auth/key-manager";
import { FetchPlan, Keys, KeySource } from "sluice/sdk/auth/key-source";
import { Refusal, refusalOf } from "sluice/sdk/auth/refusal";
import { Requirements } from "sluice/sdk/auth/requirements";
import { accept, reject } from "sluice/sdk/auth/outcome";
import { tokenIdentity } from "sluice/sdk/auth/token-identity";
import { Verdicts } from "sluice/sdk/auth/verdicts";
import { HostSignatures } from "sluice/sdk/auth/host-signatures";
import {
  findCredential,
  identifyConsumer,
  isRevoked,
  isTokenRevoked,
  whenFed,
} from "sluice/sdk/feed";
import { Claims } from "sluice/sdk/std/jwt/claims";
import { Jws } from "sluice/sdk/std/jwt/jws";
import { KeyManagers } from "./key-managers";
import { Mappings } from "./mappings";
import { Params } from "./params";
import { requirementsOf } from "./requirements";

/** Often enough for retries; a tick that has nothing to fetch looks at one number for each key manager. */
const TICK_MS: i32 = 500;
/** While a failed fetch waits for its next try. */
const POLL_MS: i32 = 100;

/** Lets a request through that shows a token of a key manager which the gateway trusts. */
export class JwtAuth extends Policy<Params> {
  private credential!: CredentialHeader;
  private forwarding!: Forwarding;
  private refusal!: Refusal;
  private managers!: KeyManagers;
  private requirements!: Requirements;
  private mappings!: Mappings;
  private verdicts!: Verdicts;
  private host: HostSignatures = new HostSignatures();
  private leewaySeconds: f64 = 0;
  private longestSeconds: f64 = 0;

  configure(): string | null {
    const params = this.params;
    const durations = new Durations();
    const plan = new FetchPlan(
      durations.read("jwkscachettl", params.jwkscachettl),
      durations.read("jwksfetchtimeout", params.jwksfetchtimeout),
      params.retrycount,
      durations.read("retryinterval", params.retryinterval),
      durations.read("negativecachettl", params.negativecachettl),
    );
    const longest = params.maxTokenLifetime;
    if (longest !== null) {
      this.longestSeconds = <f64>durations.read("maxTokenLifetime", longest) / 1000;
    }
    this.leewaySeconds = <f64>durations.read("leeway", params.leeway) / 1000;
    const tokenTtl = params.tokencaching
      ? durations.read("tokencachettl", params.tokencachettl)
      : 0;
    const algorithms = params.allowedalgorithms.join(",");
    this.verdicts = new Verdicts(tokenTtl, params.cachemaxsize, algorithms);
    this.credential = credentialOf<Params>(params);
    this.forwarding = new Forwarding(
      this.credential,
      params.forwardedTokenHeader,
      params.forwardToken,
      params.forwardTokenStripScheme,
    );
    this.refusal = refusalOf<Params>(params, this.credential.scheme);
    this.managers = new KeyManagers(params, plan);
    this.requirements = requirementsOf(params);
    this.mappings = new Mappings(params.claimMappings);
    this.tickMs = this.managers.anyRemote ? TICK_MS : i32.MAX_VALUE;
    return durations.problem !== null ? durations.problem : this.managers.problem;
  }

  onSetup(): void {
    this.fetchDue(true);
  }

  onTick(): void {
    this.fetchDue(false);
  }

  onRefresh(answer: Answer): void {
    const source = this.managers.list[answer.tag].remote;
    if (source !== null) source.take(answer);
  }

  onRequestHeaders(request: Request): Verdict {
    const sent = this.credential.sent(request.headers);
    const token = sent !== null ? this.credential.tokenIn(sent) : null;
    if (sent === null || token === null) {
      return this.refuse(request, "there is no token", request.headers.has(this.credential.name));
    }
    if (this.params.checkrevocations || this.params.consumers) {
      const fed = whenFed(request);
      if (fed != Verdict.Continue) return fed;
    }
    const claims = this.verdicts.claimsIn(token);
    if (claims === null) return this.refuse(request, "it cannot be read", true);
    const now = request.now;
    const untimely = this.untimely(claims, now);
    if (untimely.length) return this.refuse(request, untimely, true);

    const issuer = claims.issuer;
    let jws: Jws | null = null;
    for (let i = 0; i < this.managers.list.length; i++) {
      const manager = this.managers.list[i];
      if (!manager.mayHaveIssued(issuer, this.params.validateissuer)) continue;
      const source = manager.remote;
      if (source !== null) {
        const state = source.state(now);
        if (state == Keys.Missing) continue;
        if (state != Keys.Ready) return this.fetchAndWait(request, source, i, state);
      }
      const keys = manager.keys();
      if (keys === null) continue;
      if (this.verdicts.knows(keys.stamp, token, claims, now)) {
        return this.admit(request, sent, token, claims, manager);
      }
      if (jws === null) jws = Jws.parse(token);
      if (jws === null) return this.refuse(request, Jws.problem(token), true);
      if (!this.allows(jws.algorithm.name)) {
        return this.refuse(request, "its algorithm is not allowed", true);
      }
      if (keys.set.verify(jws, this.host)) {
        const until = claims.time("exp") * 1000;
        this.verdicts.keep(keys.stamp, token, now, until < 1e15 ? <i64>until : i64.MAX_VALUE);
        return this.admit(request, sent, token, claims, manager);
      }
      if (source !== null && !keys.set.knows(jws)) {
        const state = source.stateOfUnknown(now);
        if (state != Keys.Missing) return this.fetchAndWait(request, source, i, state);
      }
    }
    return this.refuse(request, "no key of its issuer signed it", true);
  }

  /** The signature is good: what the token says decides. */
  private admit(
    request: Request,
    sent: string,
    token: string,
    claims: Claims,
    manager: KeyManager,
  ): Verdict {
    const problem = this.requirements.problem(claims, manager.scopes);
    if (problem.length) return this.refuse(request, problem, true);
    const identity = tokenIdentity("jwt", claims, manager.scopes, this.params.userIdClaim);
    if (this.params.checkrevocations && isAnyRevoked(identity, token)) {
      return this.refuse(request, "it was revoked", true);
    }
    if (this.params.consumers) {
      const found = findCredential("jwt", identity.issuer, identity.subject);
      if (found !== null) identifyConsumer(identity, found.consumer);
    }
    this.forwarding.apply(request.headers, sent, token);
    this.mappings.apply(claims, request.headers);
    accept(request, identity);
    return Verdict.Continue;
  }

  private refuse(request: Request, why: string, shown: bool): Verdict {
    reject(request, "jwt", why);
    return request.respond(this.refusal.reply(shown));
  }

  private untimely(claims: Claims, now: i64): string {
    if (this.params.requireExpiry && claims.get("exp") === null) return "it never expires";
    return claims.checkTimes(<f64>now / 1000, this.leewaySeconds, this.longestSeconds);
  }

  private allows(algorithm: string): bool {
    const allowed = this.params.allowedalgorithms;
    return !allowed.length || allowed.includes(algorithm);
  }

  private fetchAndWait(request: Request, source: KeySource, tag: i32, state: Keys): Verdict {
    if (state == Keys.Later) return request.after(POLL_MS);
    if (state == Keys.Fetch && !this.fetch(source, tag)) {
      return this.refuse(request, "its keys cannot be fetched", true);
    }
    return request.again();
  }

  private fetchDue(first: bool): void {
    const now = nowMilliseconds();
    for (let i = 0; i < this.managers.list.length; i++) {
      const source = this.managers.list[i].remote;
      if (source !== null && (first || source.due(now))) this.fetch(source, i);
    }
  }

  private fetch(source: KeySource, tag: i32): bool {
    if (this.refresh(source.call(tag))) return true;
    source.refused();
    return false;
  }
}

/** By its id, or this very one. */
function isAnyRevoked(identity: Identity, token: string): bool {
  if (identity.tokenId.length && isRevoked(identity.issuer, identity.tokenId)) return true;
  return isTokenRevoked(token);
}
