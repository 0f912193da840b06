/** The tables, as Kysely sees them; `migrations.ts` makes them. Times are ISO 8601 in UTC, documents JSON text. */
import type { Generated } from "kysely";

export interface Tables {
  artifacts: ArtifactRow;
  revisions: RevisionRow;
  modules: ModuleRow;
  assignments: AssignmentRow;
  changes: ChangeRow;
  api_keys: ApiKeyRow;
  users: UserRow;
  audit: AuditRow;
  certificates: CertificateRow;
  plans: PlanRow;
  subscriptions: SubscriptionRow;
  secrets: SecretRow;
  consumers: ConsumerRow;
  revocations: RevocationRow;
  consumer_credentials: CredentialRow;
  settings: SettingRow;
  controllers: ControllerRow;
  gateways: GatewayRow;
  served: ServedRow;
}

export interface ArtifactRow {
  kind: string;
  handle: string;
  uuid: string;
  /** Counts up with each write; what `ETag` says. */
  revision: number;
  display_name: string;
  version: string;
  source: string;
  state: "deployed" | "undeployed";
  created_at: string;
  updated_at: string;
  deployed_at: string | null;
}

/** Earlier documents, so that a bad one can fall back to the last that every gateway took. */
export interface RevisionRow {
  kind: string;
  handle: string;
  revision: number;
  source: string;
}

export interface ModuleRow {
  hash: string;
  bytes: Uint8Array;
  manifest: string;
  created_at: string;
}

/** Which module serves: the row with the highest id. All rows together are the history. */
export interface AssignmentRow {
  id: number;
  hash: string;
  created_at: string;
}

/** What other controllers on the same database have not seen yet. */
export interface ChangeRow {
  seq: number;
  kind: string;
  handle: string;
  origin: string;
}

/** A key of an API, or of a consumer. The key itself is nowhere: only its hash, and what lists show of it. */
export interface ApiKeyRow {
  uuid: string;
  /** Of what it opens: `RestApi` and its handle, or `Consumer` and the consumer's. */
  kind: string;
  handle: string;
  name: string;
  hash: string;
  /** What was the key before, and until when it is still good. */
  old_hash: string | null;
  old_until: string | null;
  masked: string;
  source: "local" | "external";
  issuer: string | null;
  external_ref: string | null;
  application_id: string | null;
  application_name: string | null;
  created_by: string;
  created_at: string;
  updated_at: string;
  expires_at: string | null;
}

/** Authorities of upstreams, as one PEM bundle each. */
export interface CertificateRow {
  id: string;
  name: string;
  pem: string;
  subject: string;
  issuer: string;
  not_after: string;
  count: number;
  created_at: string;
}

/** Who may manage, beside those in the configuration. */
export interface UserRow {
  username: string;
  password_hash: string;
  /** A JSON list. */
  roles: string;
  created_at: string;
  updated_at: string;
}

/** Who changed what; `before` and `after` are JSON without secrets. */
export interface AuditRow {
  id: Generated<number>;
  at: string;
  actor: string;
  address: string;
  correlation_id: string;
  action: string;
  path: string;
  kind: string | null;
  handle: string | null;
  status: number;
  before: string | null;
  after: string | null;
}

export interface PlanRow {
  id: string;
  name: string;
  /** The name in lower case. */
  name_key: string;
  billing_plan: string | null;
  /** 1 or 0. */
  stop_on_quota_reach: number;
  /** Both or neither. */
  limit_count: number | null;
  limit_unit: string | null;
  expires_at: string | null;
  status: "ACTIVE" | "INACTIVE";
  created_at: string;
  updated_at: string;
}

export interface SubscriptionRow {
  id: string;
  /** Of the API. */
  kind: string;
  handle: string;
  token_hash: string;
  application_id: string | null;
  plan_id: string | null;
  consumer: string | null;
  billing_customer_id: string | null;
  billing_subscription_id: string | null;
  status: "ACTIVE" | "INACTIVE" | "REVOKED";
  created_at: string;
  updated_at: string;
}

export interface SecretRow {
  handle: string;
  display_name: string;
  description: string;
  /** Base64 of AES-256-GCM, bound to the handle. */
  sealed: string;
  key_version: string;
  created_at: string;
  updated_at: string;
}

export interface ConsumerRow {
  handle: string;
  display_name: string;
  plan_id: string | null;
  /** JSON, as are attributes and credentials; no password or secret is readable in them. */
  groups: string;
  attributes: string;
  credentials: string;
  created_at: string;
  updated_at: string;
}

/** Who has a credential, so that no two have the same. */
export interface CredentialRow {
  /** Of the feed, in hex. */
  id: string;
  consumer: string;
}

export interface RevocationRow {
  /** Of the feed, in hex. */
  id: string;
  /** Null for a token that is known by its hash. */
  issuer: string | null;
  /** The token's id, or its SHA-256 in hex. */
  value: string;
  /** When the token ends anyway. */
  expires_at: string;
  created_by: string;
  created_at: string;
}

/** What controllers of one store must have in common, and nobody configures. */
export interface SettingRow {
  name: string;
  value: string;
}

/** A controller of several, as long as it is heard of. */
export interface ControllerRow {
  origin: string;
  /** Milliseconds since 1970 by the database's clock. */
  seen_at: number;
}

/** A gateway that is connected to a controller; a new id for each connection. */
export interface GatewayRow {
  id: string;
  controller: string;
  node: string;
  /** By the database's clock, too. */
  came_at: number;
}

/** What one gateway serves of a subject, such as an API, as the controller tells it that the gateway follows. */
export interface ServedRow {
  gateway: string;
  subject: string;
  /** What that controller wants it to serve: another one may know of something newer. */
  wanted: string;
  revision: number | null;
  state: "serving" | "acknowledged" | "pending" | "refused";
  reason: string | null;
}
