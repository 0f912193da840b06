/** The small proxy in twenty lines: `server`, `services`, `routes` and what they ask for. */
import {
  choice,
  duration,
  entry,
  flag,
  integer,
  list,
  name,
  optional,
  port,
  secret,
  section,
  table,
  text,
  type Field,
} from "../field.ts";

/** `1000/minute`. */
const rate = (description: string): Field<string> => ({
  schema: {
    type: "string",
    pattern: String.raw`^[1-9]\d{0,8}/(\d+(ms|s|m|h)|second|minute|hour|day)$`,
    "x-expected": "a rate such as 1000/minute",
    description,
  },
});

const file = (description: string) => optional(text("", description));
const small = <T>(inner: Field<T>) => optional(inner);

export const server = section("Ports.", {
  http_port: small(port(8080, "HTTP.")),
  https_port: small(port(8443, "HTTPS.")),
  admin_port: small(port(9092, "The admin port, with `/admin/routes`.")),
  admin_token: secret("The bearer token for `/admin/routes`; without one it is closed."),
});

export const services = table(
  entry(["url"], {
    url: name("http or https; its path is put in front of every request's."),
    health_check: small(
      section("Asks the service itself.", {
        path: text("/health", "What is asked."),
        interval: duration("10s", "How often."),
        timeout: duration("2s", "How long an answer may take."),
      }),
    ),
  }),
  "Where requests go, by name.",
);

export const routeEntry = entry(["path", "service"], {
  id: small(text("", "Its name in `/admin/routes`; made of the path unless given.")),
  path: name("Such as /users/*"),
  service: name("One of `services`."),
  methods: small(
    list(
      choice("GET", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"], ""),
      [],
      "All unless given.",
    ),
  ),
  strip_prefix: flag(
    false,
    "Whether the service gets the path without what stands before the `*`.",
  ),
  rate_limit: small(rate("All requests of this route together.")),
  authentication: small(
    list(
      choice("jwt", ["jwt", "api_key"], ""),
      [],
      "Everything under `authentication` unless given; [] is open.",
    ),
  ),
  enabled: flag(true, "Whether it is served."),
});

export const routes = list(routeEntry, [], "What is served.");

const jwt = section("Bearer tokens.", {
  issuer: text("", "What `iss` must be."),
  audience: list(text("", ""), [], "One of these must be in `aud`."),
  algorithms: list(
    choice(
      "RS256",
      ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
      "",
    ),
    ["RS256"],
    "How tokens may be signed.",
  ),
  public_key: file("The issuer's key: PEM text, or the file that has it."),
  jwks_url: file("Where the issuer's keys are, in place of `public_key`."),
});

const apiKeys = section("Keys.", {
  header: small(text("X-API-Key", "The header that carries the key.")),
  query_param: small(text("api_key", "The query parameter that carries it.")),
  keys: list(
    entry(["name", "key"], {
      name: name("Whose it is."),
      key: {
        schema: {
          type: "string",
          minLength: 16,
          "x-secret": true,
          "x-expected": "a key of at least 16 characters",
        },
      } as Field<string>,
      rate_limit: small(rate("What this key may do.")),
    }),
    [],
    "Who may call.",
  ),
});

export const authentication = section("Who may call.", {
  jwt: small(jwt),
  api_key: small(apiKeys),
});

export const rateLimiting = small(
  section("How often.", {
    algorithm: choice("sliding_window", ["token_bucket", "sliding_window"], "How it is counted."),
    default: small(
      section("For each client address, on every route.", {
        requests: integer(1_000, [1, 1_000_000_000], "So many"),
        window: duration("1m", "in this time,"),
        burst_size: small(integer(100, [1, 1_000_000_000], "so many at once (token_bucket).")),
      }),
    ),
    per_endpoint: table(rate("The limit of this path."), "Limits by the path of a route."),
  }),
);

export const tls = section("The HTTPS port.", {
  cert_file: small(text("", "PEM file of the certificate.")),
  key_file: small(text("", "PEM file of its key.")),
  min_version: small(choice("1.2", ["1.2", "1.3", "TLS1_2", "TLS1_3"], "The lowest version.")),
  cipher_suites: small(list(text("", ""), [], "By their IANA names.")),
});

/** `10MB`, or a number of bytes. */
const size = (description: string): Field<string> => ({
  schema: {
    type: "string",
    pattern: String.raw`^\d+ ?(B|KB|MB|KiB|MiB)?$`,
    "x-expected": "a size such as 10MB",
    description,
  },
});

export const security = section("What a request may be.", {
  max_request_body_size: small(size("Of a request; a longer one is answered 413.")),
  max_header_size: small(size("All headers together.")),
  request_timeout: small(duration("60s", "The whole answer of a service.")),
});

export const logging = section("Logs.", {
  level: small(choice("info", ["debug", "info", "warn", "error"], "What is worth a line.")),
  format: small(choice("json", ["json", "text"], "How a line looks.")),
  access_log: small(flag(true, "One line for each request.")),
});
