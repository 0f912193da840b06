/** `controller.*` and `api_key`: the management side. */
import {
  choice,
  duration,
  entry,
  flag,
  ignored,
  integer,
  list,
  name,
  port,
  secret,
  section,
  table,
  text,
} from "../field.ts";

const one = text("", "");
const level = choice("info", ["debug", "info", "warn", "error"], "What is worth a line.");
const database = (standard: number) =>
  section("A database server.", {
    dsn: secret(
      "The whole address, `postgres://user:password@host:port/database`; wins over the parts.",
    ),
    host: text("localhost", "Its address."),
    port: port(standard, "Its port."),
    database: text("gateway", "The database's name."),
    user: text("gateway", "Who connects."),
    password: secret("The password of that user."),
    sslmode: choice("require", ["disable", "require", "verify-ca", "verify-full"], "TLS to it."),
    max_open_conns: ignored("the pool has a size of its own"),
    max_idle_conns: ignored("the pool has a size of its own"),
    conn_max_lifetime: ignored("connections live as long as they work"),
    conn_max_idle_time: ignored("connections live as long as they work"),
  });

const user = entry(["username"], {
  username: name("The name."),
  password: secret("The password as it is, or its bcrypt hash."),
  password_hash: secret("The bcrypt hash of the password."),
  password_hashed: flag(false, "Whether `password` is a bcrypt hash; one is recognised anyway."),
  roles: list(
    choice("admin", ["admin", "developer", "consumer"], ""),
    ["admin"],
    "What the user may do.",
  ),
});

const encryptionProvider = entry(["keys"], {
  type: choice("aesgcm", ["aesgcm"], "AES-256-GCM."),
  keys: list(
    entry(["version", "file"], {
      version: name("What secrets say they were sealed with; never used for another key."),
      file: name("32 bytes that its owner alone can read (mode 600)."),
    }),
    [],
    "The first of all seals, and is made when it is not there; the others open what they sealed.",
  ),
});

const idp = section("Tokens of an identity provider.", {
  enabled: flag(false, "Whether tokens are taken."),
  issuer: text("", "What `iss` must be."),
  jwks_url: text("", "Where the provider's keys are: https, or http on this machine."),
  audience: list(one, [], "One of these must be in `aud`; any when empty."),
  roles_claim: text("roles", "Where the roles are; dots go deeper. Empty: no role is checked."),
  role_mapping: table(
    list(one, [], ""),
    "Roles here, with the provider's values that mean them; `*` once.",
  ),
});

export const controller = section("The management side.", {
  server: section("The management API and xDS.", {
    api_port: port(9090, "The management API."),
    xds_port: port(18_000, "Where Envoys and agents connect."),
    xds_tls: section("TLS on the xDS port; without, it listens on this machine only.", {
      cert_path: text(
        "",
        "The certificate, a PEM file; a name or address that agents use is in it.",
      ),
      key_path: text("", "Its key, a PEM file."),
      client_ca_path: text(
        "",
        "Who signed the clients' certificates; empty: tokens are asked for.",
      ),
    }),
    gateway_tokens: table(
      secret("At least 32 characters."),
      "The token of each gateway that may follow, by the gateway's name.",
    ),
    secrets_in_chains: flag(
      false,
      "Leaves secret parameters of policies in the chains, where Envoy's config dump shows them: for Envoys without an agent, which get no feed.",
    ),
    host: text("127.0.0.1", "Where management, admin, metrics and xDS listen."),
    allowed_ips: list(one, ["*"], "Addresses or networks that may use the management API."),
    shutdown_timeout: duration("15s", "How long running requests may take to end."),
    gateway_id: text("platform-gateway-id", "What this gateway is called."),
    skip_invalid_deployments_on_startup: ignored(
      "what is invalid is not served, and its status says why",
    ),
  }),
  admin_server: section("The admin port.", {
    enabled: flag(true, "Whether it listens."),
    port: port(9092, "The port."),
    published_port: port(9094, "The same under the port where it is usually published."),
    allowed_ips: list(one, ["*"], "Addresses or networks that may ask for more than health."),
    config_dump: section("What is configured, without secrets.", {
      enabled: flag(false, "Whether it answers."),
    }),
    pprof: ignored("profiles of a Go process; this is none"),
  }),
  environment: list(
    one,
    [],
    'Variables that documents may name as `{{ env "NAME" }}` when a user who is no admin writes them. Admins name any.',
  ),
  policy_server: ignored("policies come over the same xDS port as everything"),
  storage: section("Where everything is kept.", {
    connection: secret(
      "`postgres://…` or the file of a SQLite database; wins over the keys below.",
    ),
    type: choice(
      "sqlite",
      ["sqlite", "postgres"],
      "Which database; `memory` would lose everything.",
    ),
    sqlite: section("A file.", { path: text("./data/gateway.db", "The file.") }),
    postgres: database(5432),
    database: ignored("SQL Server is not supported; sqlite and postgres are"),
  }),
  policies: ignored("policies are in the module that is published"),
  llm: ignored("templates are documents"),
  auth: section("Who may manage.", {
    basic: section("Users with passwords.", {
      enabled: flag(true, "Whether passwords are taken."),
      users: list(user, [], "Beside those that `/users` keeps."),
    }),
    idp,
  }),
  encryption: section("What secrets are encrypted with in the store.", {
    providers: list(
      encryptionProvider,
      [],
      "Their keys in this order; one key beside the store when empty. Controllers of one store need the same.",
    ),
  }),
  event_hub: ignored("controllers tell each other at once"),
  controlplane: ignored("there is no cloud to report to"),
  logging: section("The controller's own log.", {
    level,
    format: choice("text", ["text", "json"], "How a line looks."),
  }),
  metrics: section("Prometheus.", {
    enabled: flag(false, "Whether the ports for metrics listen."),
    port: port(9091, "The controller's; the engine's is `policy_engine.metrics.port`."),
    allowed_ips: list(one, ["*"], "Addresses or networks that may read them."),
  }),
});

export const apiKey = section("API keys.", {
  api_keys_per_user_per_api: integer(
    10,
    [1, 10_000],
    "How many active ones a user may have for an API.",
  ),
  algorithm: choice("sha256", ["sha256"], "How they are hashed."),
  min_key_length: integer(36, [16, 128], "Of keys that are brought along."),
  max_key_length: integer(128, [36, 512], "Of keys that are brought along."),
  issuer: text(
    "api-platform-devportal",
    "A key that names an issuer is good only if it is this one; `policy_configurations.apikeyauth_v1` wins.",
  ),
});
