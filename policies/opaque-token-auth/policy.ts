import { Answer, LogLevel, Policy, Request, Verdict } from "sluice/sdk";
import { CredentialHeader, Forwarding, credentialOf } from "sluice/sdk/auth/credential";
import { Durations } from "sluice/sdk/auth/durations";
import { accept, reject } from "sluice/sdk/auth/outcome";
import { Refusal, refusalOf } from "sluice/sdk/auth/refusal";
import { Requirements } from "sluice/sdk/auth/requirements";
import { Scopes } from "sluice/sdk/auth/scopes";
import { tokenIdentity } from "sluice/sdk/auth/token-identity";
import { TrustedIssuers } from "sluice/sdk/auth/trusted-issuers";
import { encodeUtf8 } from "sluice/sdk/std/encoding/utf8";
import { JsonKind } from "sluice/sdk/std/json/value";
import { Claims } from "sluice/sdk/std/jwt/claims";
import { Answers, INACTIVE } from "./answers";
import { Params } from "./params";
import { Introspector } from "./provider";

/** Longer answers are not read. */
const LONGEST_ANSWER: i32 = 65536;

/** How far the asking about one request's token has come. */
class Progress {
  /** Which provider is asked. */
  at: i32 = 0;
  failures: i32 = 0;
}

/** Lets a request through whose token its issuer says is active. */
export class OpaqueTokenAuth extends Policy<Params> {
  private credential!: CredentialHeader;
  private forwarding!: Forwarding;
  private refusal!: Refusal;
  private requirements: Requirements = new Requirements();
  private scopes: Scopes = new Scopes();
  private providers: Introspector[] = [];
  private urls: string[] = [];
  private answers!: Answers;
  private activeMs: i64 = 0;
  private inactiveMs: i64 = 0;
  private intervalMs: i64 = 0;

  configure(): string | null {
    const params = this.params;
    const durations = new Durations();
    this.activeMs = durations.read("tokencachettl", params.tokencachettl);
    this.inactiveMs = durations.read("negativecachettl", params.negativecachettl);
    this.intervalMs = durations.read("retryinterval", params.retryinterval);
    const timeout = durations.read("introspectiontimeout", params.introspectiontimeout);
    this.credential = credentialOf<Params>(params);
    this.forwarding = new Forwarding(
      this.credential,
      params.forwardedTokenHeader,
      params.forwardToken,
      false,
    );
    this.refusal = refusalOf<Params>(params, this.credential.scheme);
    this.requirements.audiences = params.audiences;
    this.requirements.anyScope = params.requiredScopes;
    this.requirements.exactClaims = params.requiredClaims;
    this.answers = new Answers(params.tokencaching, params.cachemaxsize);
    const problem = this.addProviders(timeout);
    return durations.problem !== null ? durations.problem : problem;
  }

  private addProviders(timeoutMs: i64): string | null {
    const all = this.params.introspectionproviders;
    const trusted = new TrustedIssuers(this.params.issuers);
    for (let i = 0; i < all.length; i++) {
      if (!trusted.has(all[i].name, all[i].issuer)) continue;
      const provider = new Introspector(all[i], timeoutMs);
      const problem = provider.problem;
      if (problem !== null) return "introspectionproviders." + all[i].name + "." + problem;
      this.providers.push(provider);
      this.urls.push(all[i].introspection.uri);
    }
    return trusted.problem;
  }

  onRequestHeaders(request: Request): Verdict {
    const sent = this.credential.sent(request.headers);
    const token = sent !== null ? this.credential.tokenIn(sent) : null;
    if (sent === null || token === null) {
      return this.refuse(request, "there is no token", request.headers.has(this.credential.name));
    }
    const progress = request.state<Progress>();
    for (; progress.at < this.providers.length; progress.at++) {
      const provider = this.providers[progress.at];
      if (!provider.mayKnow(token)) continue;
      const known = this.answers.get(this.answers.keyOf(this.urls[progress.at], token));
      if (known === null) return request.call(provider.call(token));
      if (known == INACTIVE) continue;
      return this.judge(request, sent, token, Claims.parse(encodeUtf8(known)));
    }
    return this.refuse(request, "it is not active", true);
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    const progress = request.state<Progress>();
    const sent = this.credential.sent(request.headers);
    const token = sent !== null ? this.credential.tokenIn(sent) : null;
    if (sent === null || token === null) return this.refuse(request, "there is no token", true);
    const usable = answer.status == 200 && answer.length <= LONGEST_ANSWER;
    const claims = usable ? Claims.parse(answer.bytes()) : null;
    const active = claims !== null ? claims.get("active") : null;
    const answered = active !== null && active.kind == JsonKind.Bool;
    if (claims === null || active === null || !answered) return this.failed(request, progress);
    const key = this.answers.keyOf(this.urls[progress.at], token);
    if (!active.isTrue) {
      this.answers.keep(key, INACTIVE, this.inactiveMs);
      progress.at++;
      progress.failures = 0;
      return this.onRequestHeaders(request);
    }
    const left = claims.time("exp") * 1000 - <f64>request.now;
    const leftMs = left < 1e15 ? <i64>left : i64.MAX_VALUE;
    this.answers.keep(key, answer.text(), min(this.activeMs, leftMs));
    return this.judge(request, sent, token, claims);
  }

  /** No answer that means anything: asked again some times, then the token does not count. */
  private failed(request: Request, progress: Progress): Verdict {
    if (++progress.failures <= this.params.retrycount) {
      return request.after(<i32>max(<i64>1, this.intervalMs));
    }
    request.log(LogLevel.Error, "no answer about a token from " + this.urls[progress.at]);
    return this.refuse(request, "nobody says whether it is active", true);
  }

  /** It is active: what the answer says decides. */
  private judge(request: Request, sent: string, token: string, claims: Claims): Verdict {
    const provider = this.providers[request.state<Progress>().at];
    let problem = claims.valid ? claims.checkTimes(<f64>request.now / 1000, 0, 0) : claims.error;
    const issuer = claims.get("iss");
    if (provider.issuer.length && issuer !== null && !issuer.is(provider.issuer)) {
      problem = "it is of another issuer";
    }
    if (!problem.length) problem = this.requirements.problem(claims, this.scopes);
    if (problem.length) return this.refuse(request, problem, true);
    this.forwarding.apply(request.headers, sent, token);
    const identity = tokenIdentity("opaque", claims, this.scopes, this.params.userIdClaim);
    if (!identity.issuer.length) identity.issuer = provider.issuer;
    accept(request, identity);
    return Verdict.Continue;
  }

  private refuse(request: Request, why: string, shown: bool): Verdict {
    reject(request, "opaque", why);
    return request.respond(this.refusal.reply(shown));
  }
}
