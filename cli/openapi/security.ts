/**
 * Security requirements as policies. What no policy here can ask for is an error and not left out in silence: an API
 * must not become more open by being imported.
 */
import { isObject, type Json, type Spec } from "./spec.ts";

/** Scheme to scopes; all of one requirement have to hold. */
type Requirement = Record<string, string[]>;

export class Security {
  private readonly schemes = new Map<string, Json>();

  private constructor(
    private readonly spec: Spec,
    private readonly skipped: ReadonlySet<string>,
    private readonly remark: (text: string) => void,
  ) {}

  static async of(
    spec: Spec,
    skipped: ReadonlySet<string>,
    remark: (text: string) => void,
  ): Promise<Security> {
    const security = new Security(spec, skipped, remark);
    const { securitySchemes = {} } = (spec.root["components"] ?? {}) as { securitySchemes?: Json };
    for (const [name, one] of Object.entries(securitySchemes)) {
      const { value } = await spec.follow({ value: one, file: spec.file });
      if (isObject(value)) security.schemes.set(name, value);
    }
    return security;
  }

  /** The policies for an operation's own requirements or, without any, the description's. */
  policies(own: unknown): Json[] {
    const all = (own ?? this.spec.root["security"] ?? []) as Requirement[];
    const alternatives = all.filter(isObject) as Requirement[];
    if (alternatives.length === 0) return [];
    if (alternatives.some((one) => Object.keys(one).length === 0)) {
      this.remark("security that is optional asks nobody who they are");
      return [];
    }
    // A scheme that is left out opens an alternative only where nothing else is asked for.
    const left = alternatives.map((one) => this.withoutSkipped(one));
    const wanted = left.filter((one) => Object.keys(one).length > 0);
    if (wanted.length === 0) return [];
    const usable = wanted.filter((one) => this.canAsk(one));
    const lacking = wanted
      .flatMap((one) => Object.keys(one))
      .filter((one) => !this.policy(one, []));
    if (usable.length === 0)
      throw this.spec.wrong(
        `security: no policy can ask for ${this.all(lacking)}; --skip-security ${lacking[0]} leaves it out`,
      );
    if (usable.length < wanted.length)
      this.remark(`no policy can ask for ${this.all(lacking)}: only the other ways are taken`);
    return this.anyOf(usable);
  }

  /** One way with all of its schemes, or several ways with one scheme each. */
  private anyOf(usable: readonly Requirement[]): Json[] {
    const ways = usable.map((one) =>
      Object.entries(one).map(([name, scopes]) => this.policy(name, scopes)!),
    );
    const [first] = ways;
    if (ways.length === 1) return first!;
    if (ways.every((policies) => policies.length === 1))
      return [{ name: "multi-auth", version: "v1", params: { anyOf: ways.flat() } }];
    this.remark(
      `of several ways to say who one is only '${Object.keys(usable[0]!).join(" and ")}' is asked for`,
    );
    return first!;
  }

  private withoutSkipped = (requirement: Requirement): Requirement =>
    Object.fromEntries(Object.entries(requirement).filter(([name]) => !this.skipped.has(name)));

  private canAsk = (requirement: Requirement): boolean =>
    Object.entries(requirement).every(([name, scopes]) => this.policy(name, scopes) !== null);

  private all = (names: readonly string[]): string =>
    [...new Set(names)].map((name) => this.told(name)).join(", ");

  private told(name: string): string {
    const { type, scheme, in: place } = (this.schemes.get(name) ?? {}) as Record<string, string>;
    const what = [type ?? "which is not described", scheme, place && `in ${place}`];
    return `'${name}' (${what.filter(Boolean).join(" ")})`;
  }

  /** Null: nothing here can. */
  private policy(name: string, scopes: readonly string[]): Json | null {
    const one = (this.schemes.get(name) ?? {}) as Record<string, string>;
    const policy = (kind: string, params: Json): Json => ({ name: kind, version: "v1", params });
    if (one["type"] === "apiKey" && (one["in"] === "header" || one["in"] === "query"))
      return policy("api-key-auth", { key: one["name"], in: one["in"] });
    if (one["type"] === "mutualTLS") return policy("mtls-auth", {});
    const scheme = one["scheme"]?.toLowerCase();
    if (one["type"] === "http" && scheme === "basic") {
      this.remark(`'${name}' takes the passwords of consumers: make them with the kind Consumer`);
      return policy("basic-auth", { consumers: true });
    }
    const isToken =
      one["type"] === "oauth2" ||
      one["type"] === "openIdConnect" ||
      (one["type"] === "http" && scheme === "bearer");
    if (!isToken) return null;
    this.remark(
      `'${name}' takes tokens of the gateway's key managers: policy_configurations.jwtauth_v1.keymanagers`,
    );
    return policy("jwt-auth", scopes.length > 0 ? { scopes: { allOf: [...scopes] } } : {});
  }
}
