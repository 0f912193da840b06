/** The whole configuration. */
import {
  duration,
  flag,
  ignored,
  integer,
  open,
  optional,
  section,
  text,
  type JsonSchema,
  type Value,
} from "../field.ts";
import { apiKey, controller } from "./controller.ts";
import { securityEvents, tracing, trafficLogging } from "../observe/schema.ts";
import { policyEngine, router } from "./router.ts";
import * as short from "./short-form.ts";

const root = section("The configuration of a gateway.", {
  server: short.server,
  services: short.services,
  routes: short.routes,
  authentication: short.authentication,
  rate_limiting: short.rateLimiting,
  tls: short.tls,
  security: short.security,
  logging: short.logging,
  controller,
  router,
  policy_engine: policyEngine,
  api_key: apiKey,
  policy_configurations: open("System parameters of policies, by `<policy>_v<major>`."),
  immutable_gateway: optional(
    section("What is served comes from a folder; the management API only reads.", {
      enabled: flag(false, "Whether it is so."),
      artifacts_dir: text("", "The folder."),
    }),
  ),
  gitops: section("A folder of documents that is watched and applied as a whole.", {
    folder: text("", "The folder; none when empty."),
    interval: duration("2s", "How often it is looked at."),
  }),
  audit: section("Who changed what.", {
    keep: integer(100_000, [100, 10_000_000], "How many entries; older ones go."),
  }),
  tracing,
  traffic_logging: trafficLogging,
  security_events: securityEvents,
  collector: ignored("`traffic_logging` says what is recorded"),
  analytics: ignored("there is no cloud to publish to; `traffic_logging` sends events"),
  mcp: ignored("documents of the kind Mcp say it themselves"),
});

/** Keys of guardrails stand at the root elsewhere. */
const guardrails = "^(awsbedrock_guardrail_|azurecontentsafety_|embedding_provider|vector_db_)";

export const schema: JsonSchema = {
  ...root.schema,
  patternProperties: { [guardrails]: { "x-no-effect": "belongs into policy_configurations" } },
};

export type Config = Value<typeof root>;
