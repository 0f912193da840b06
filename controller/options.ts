/** What a gateway can be told; everything has a default. */
import type { Log } from "./log.ts";
import type { RecordOptions } from "./analytics/options.ts";
import type { Print } from "./analytics/sinks/stdout.ts";
import type { FileSinkOptions } from "./analytics/sinks/file.ts";
import type { StatsdOptions } from "./agent/statsd.ts";
import type { ControllerTls } from "./agent/bootstrap.ts";
import type { OverloadLimits } from "./agent/overload.ts";
import type { KeyRules } from "./access/key-reading.ts";
import type { IdentityProviderOptions } from "./people/identity-provider.ts";
import type { ConfiguredUser } from "./people/users.ts";
import type { ShortForm } from "./config/short-form/route.ts";
import type { FolderOptions } from "./gitops/watch.ts";
import type { PolicyDefinition } from "./deploy/policies/catalog.ts";
import type { PolicyConfigurations } from "./deploy/policies/system-parameters.ts";
import type { TrafficSettings } from "./deploy/settings.ts";
import type { ResourceKind } from "./model/index.ts";
import type { OwnPolicy } from "./translate/own-policies.ts";
import type { Chain } from "./translate/chain.ts";
import type { SecretKey } from "./secrets/key-ring.ts";
import type { GatewayListeners } from "./translate/gateway.ts";
import type { TracingOptions } from "./xds/resources/http/tracing.ts";
import type { ClientCertificates, TlsVersions } from "./xds/resources/listener.ts";

/** 0 takes any free port, null none. */
export interface Ports {
  management: number;
  admin: number | null;
  /** Where the admin port is published. */
  adminPublished: number | null;
  metrics: number | null;
  engineAdmin: number | null;
  engineMetrics: number | null;
  xds: number;
  http: number | null;
  https: number | null;
  envoyAdmin: number;
}

export const defaultPorts: Ports = {
  management: 9090,
  admin: 9092,
  adminPublished: 9094,
  metrics: 9091,
  engineAdmin: 9002,
  engineMetrics: 9003,
  xds: 18000,
  http: 8080,
  https: 8443,
  envoyAdmin: 9901,
};

export interface AllowedIps {
  management: readonly string[];
  admin: readonly string[];
  metrics: readonly string[];
  engine: readonly string[];
}

export const defaultStore = "data/gateway.db";

/** A policy of the gateway's own; errors name the field that asked for it. */
export type GatewayPolicy = Omit<OwnPolicy, "field"> & { field?: string };

export interface GatewayOptions {
  /** The kinds of documents; those of the model unless given. */
  kinds?: readonly ResourceKind[];
  /** `postgres://…`, or the file of a SQLite database. */
  store?: string;
  ports?: Partial<Ports>;
  /** Where the management and admin APIs and xDS listen; loopback unless told otherwise. */
  host?: string;
  /** Where Envoy listens for traffic; every address unless told otherwise. */
  trafficHost?: string;
  /** Beside those in the store. Nobody at all: open on loopback; else an admin is made and `announce`d once. */
  users?: ConfiguredUser[];
  /** False: tokens of the identity provider only. */
  passwords?: boolean;
  identityProvider?: IdentityProviderOptions;
  /** How many entries the audit log keeps. */
  auditKeep?: number;
  /** Shows a line to whoever starts the gateway, and keeps it nowhere. */
  announce?: (line: string) => void;
  /** The module to serve when the store has none, or when it differs from the one given last. */
  module?: Uint8Array;
  /** A folder of documents that are created or replaced at the start. */
  documents?: string;
  /** A folder of documents that is watched and applied as a whole. */
  gitops?: FolderOptions;
  /** The management API only reads. */
  immutable?: boolean;
  /** Networks that no API may send requests to; those of clouds' metadata unless given. */
  deniedNetworks?: readonly string[];
  /** Variables of the environment that documents of users who are no admins may name. */
  environment?: readonly string[];
  /** Schemas of policies whose module does not carry them. */
  policies?: PolicyDefinition[];
  /** First in every chain. */
  gatewayPolicies?: GatewayPolicy[];
  /** Told how many documents there are, before they are loaded. */
  sized?: (documents: number) => void;
  /** What policies get beside their parameters, by `<name>_v<major>`. */
  policyConfigurations?: PolicyConfigurations;
  /** How answers name this gateway. */
  gatewayId?: string;
  /** What secrets are encrypted with in the store, the newest key first; one beside the store unless given. */
  secretKeys?: readonly SecretKey[];
  /**
   * Leaves values of parameters that are secret in the chains, where config dumps show them: for Envoys without an agent,
   * which no feed reaches.
   */
  secretsInChains?: boolean;
  /** How many API keys a user may have, and how long those from elsewhere are. */
  apiKeys?: Partial<KeyRules>;
  /** Services and routes of the short form; each route becomes a document. */
  shortForm?: ShortForm;
  /** The bearer token for `/admin/routes`; closed without one. */
  adminToken?: string;
  traffic?: Partial<TrafficSettings>;
  limits?: GatewayListeners["limits"];
  accessLog?: GatewayListeners["accessLog"];
  /** Whether it holds queries, which may carry keys. */
  accessLogQuery?: boolean;
  /** Where the access log goes; `print` without one. */
  accessLogFile?: FileSinkOptions;
  /** Events about requests and their callers. */
  record?: RecordOptions;
  /** Where Envoy sends its statistics. */
  statsd?: StatsdOptions;
  tracing?: TracingOptions;
  errors?: GatewayListeners["errors"];
  /** Compresses answers with gzip for clients that take it. */
  compression?: boolean;
  /** PEM texts of the certificate on the HTTPS port; a self-signed one for localhost unless given. */
  tls?: {
    certificate: string;
    key: string;
    clientAuthority?: string;
    /** Whether clients must show one of the authority; they must unless given. */
    clientCertificates?: ClientCertificates;
  };
  /** Versions and cipher suites of the HTTPS port, by Envoy's names. */
  tlsVersions?: TlsVersions;
  /**
   * TLS on the xDS port, mutual with a `clientAuthority`, else with tokens; PEM texts, and the files an Envoy of ours reads
   * its own side from.
   */
  xdsTls?: { certificate: string; key: string; clientAuthority?: string; envoy?: ControllerTls };
  /** The token of each gateway that may follow this controller, by the gateway's name. */
  gatewayTokens?: Readonly<Record<string, string>>;
  configDump?: boolean;
  /** Addresses and networks that may use a port; all unless given. Health answers everybody. */
  allowedIps?: Partial<AllowedIps>;
  /** `spawn` runs an Envoy beside the controller; `none` waits for others to connect. */
  envoy?: "spawn" | "none";
  envoyPath?: string;
  concurrency?: number;
  /** How much the Envoy beside the controller may take; four fifths of the memory unless given. */
  overload?: OverloadLimits;
  /** Tries a chain as the engine would: null, or the engine's words. The simulator does it unless told otherwise. */
  checkChain?: (module: Uint8Array, chain: Chain) => Promise<string | null>;
  log?: Log;
  /** Takes lines of standard output: the access log, and events that go there; `log` unless given. */
  print?: Print;
}
