import { Answer, Identity, Policy, Reply, Request, Verdict } from "sluice/sdk";
import { CredentialHeader } from "sluice/sdk/auth/credential";
import { Durations } from "sluice/sdk/auth/durations";
import { accept, reject } from "sluice/sdk/auth/outcome";
import { findCredential, identifyConsumer, whenFed } from "sluice/sdk/feed";
import { equalInConstantTime } from "sluice/sdk/std/crypto/equal";
import { JsonLimits } from "sluice/sdk/std/json/limits";
import { JsonKind } from "sluice/sdk/std/json/value";
import { JsonText } from "sluice/sdk/std/json/text";
import { Login } from "./login";
import { Params } from "./params";
import { NOBODY, Passwords } from "./passwords";

/** One text for both: a name that is not known may be a password in the wrong field. */
const WRONG: string = "the name or the password is wrong";

/** Whose password is asked about. */
class Claimant {
  hash: string = "";
  consumer: string = "";
  known: bool = false;
}

/** Lets a request through that shows the right username and password. */
export class BasicAuth extends Policy<Params> {
  private credential: CredentialHeader = new CredentialHeader("authorization", "Basic");
  private passwords!: Passwords;

  configure(): string | null {
    const params = this.params;
    const durations = new Durations();
    this.passwords = new Passwords(durations.read("verdictTtl", params.verdictTtl));
    const inline = params.password !== null;
    const hashed = params.passwordHash !== null;
    if (params.consumers) {
      if (params.username !== null || inline || hashed) {
        return "consumers: expected no username, password or passwordHash beside it";
      }
    } else if (params.username === null) return "username: is required";
    else if (inline == hashed) return "password: expected either password or passwordHash";
    return durations.problem;
  }

  onRequestHeaders(request: Request): Verdict {
    const login = this.login(request);
    if (login === null) return this.refuse(request, "there are no credentials");
    const password = this.params.password;
    const username = this.params.username;
    if (username !== null && password !== null) {
      // Both are compared, whatever the first says: time must not tell which one was wrong.
      const sameUser = equalInConstantTime(login.username, username);
      const samePassword = equalInConstantTime(login.password, password);
      if (sameUser && samePassword) return this.admit(request, username, "");
      return this.refuse(request, WRONG, sameUser ? username : "");
    }
    if (this.params.consumers) {
      const fed = whenFed(request);
      if (fed != Verdict.Continue) return fed;
    }
    if (!Passwords.canBe(login.password)) return this.refuse(request, WRONG);
    const claimant = this.claimantOf(login);
    const verdict = this.passwords.verdict(claimant.hash, login.password);
    if (verdict === null) {
      return request.call(this.passwords.question(claimant.hash, login.password));
    }
    return this.judge(request, login, claimant, verdict == "y");
  }

  onRequestAnswer(request: Request, answer: Answer): Verdict {
    const login = this.login(request);
    if (login === null) return this.refuse(request, "there are no credentials");
    const json = JsonText.read(answer.bytes(), new JsonLimits());
    const ok = answer.status == 200 && json.valid ? json.root.get("ok") : null;
    if (ok === null || ok.kind != JsonKind.Bool) {
      reject(request, "basic", "nobody compares passwords");
      if (this.params.allowUnauthenticated) return Verdict.Continue;
      return request.deny(503, "Passwords cannot be compared now");
    }
    const claimant = this.claimantOf(login);
    this.passwords.keep(claimant.hash, login.password, ok.isTrue);
    return this.judge(request, login, claimant, ok.isTrue);
  }

  /** What the request shows, null if that is nothing or nothing usable. */
  private login(request: Request): Login | null {
    const sent = this.credential.sent(request.headers);
    const text = sent !== null ? this.credential.tokenIn(sent) : null;
    return text !== null ? Login.parse(text) : null;
  }

  private claimantOf(login: Login): Claimant {
    const claimant = new Claimant();
    claimant.hash = NOBODY;
    const hash = this.params.passwordHash;
    const username = this.params.username;
    if (hash !== null && username !== null) {
      claimant.hash = hash;
      claimant.known = equalInConstantTime(login.username, username);
      return claimant;
    }
    const found = findCredential("basic", login.username);
    if (found !== null && found.secret.length) {
      claimant.hash = found.secret;
      claimant.consumer = found.consumer;
      claimant.known = true;
    }
    return claimant;
  }

  private judge(request: Request, login: Login, claimant: Claimant, matches: bool): Verdict {
    if (!matches || !claimant.known) {
      return this.refuse(request, WRONG, claimant.known ? login.username : "");
    }
    return this.admit(request, login.username, claimant.consumer);
  }

  private admit(request: Request, username: string, consumer: string): Verdict {
    const identity = new Identity();
    identity.kind = "basic";
    identity.subject = username;
    identifyConsumer(identity, consumer);
    accept(request, identity);
    return Verdict.Continue;
  }

  private refuse(request: Request, why: string, claimed: string = ""): Verdict {
    reject(request, "basic", why, claimed);
    if (this.params.allowUnauthenticated) return Verdict.Continue;
    return request.respond(
      new Reply(401)
        .error("Authentication required")
        .header("www-authenticate", 'Basic realm="' + this.params.realm + '"'),
    );
  }
}
