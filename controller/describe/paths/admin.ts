/** The paths of the admin port. */
import { routeEntry } from "../../config/schema/short-form.ts";
import { json, nothing, type Answer, type Paths } from "../operation.ts";
import {
  component,
  constant,
  count,
  flag,
  listOf,
  object,
  oneOf,
  openObject,
  success,
  text,
  time,
  type Schema,
} from "../schema.ts";

const health = object({ status: constant("healthy"), timestamp: time });
const check: Schema = {
  ...object(
    { status: oneOf("healthy", "degraded", "unhealthy", "not_configured") },
    { message: text },
  ),
  additionalProperties: true,
};
const detail = object(
  {
    status: oneOf("healthy", "degraded", "unhealthy"),
    checks: object({ database: check, cache: check, upstream_services: check }),
  },
  { message: text },
);
const details = json("What every part says of itself.", detail);

export const healthPaths: Paths = {
  "/health": {
    get: {
      summary: "Whether the process answers",
      isPublic: true,
      answers: { 200: json("It does.", health) },
    },
  },
  "/health/live": {
    get: {
      summary: "Whether the process answers",
      isPublic: true,
      answers: { 200: json("It does.", object({ status: constant("alive") })) },
    },
  },
  "/health/ready": {
    get: {
      summary: "Whether traffic is served",
      isPublic: true,
      answers: {
        200: json("It is.", object({ status: constant("ready") })),
        503: json("It is not.", object({ status: constant("not_ready"), message: text })),
      },
    },
  },
  "/health/detail": {
    get: {
      summary: "The database, the cache and the services",
      answers: { 200: details, 503: details },
    },
  },
  "/xds_sync_status": {
    get: {
      summary: "Which configuration the gateways should have",
      answers: {
        200: json(
          "Its version.",
          object({
            component: oneOf("gateway-controller", "policy-engine"),
            ...{ timestamp: time, policy_chain_version: text },
          }),
        ),
      },
    },
  },
};

export const configDumpPaths: Paths = {
  "/config_dump": {
    get: {
      summary: "What is configured, without secrets",
      answers: {
        200: json(
          "All of it.",
          success({
            timestamp: time,
            apis: listOf(object({ id: text, configuration: openObject, metadata: openObject })),
            ...{ policies: listOf(openObject), certificates: listOf(openObject) },
            statistics: object({ totalApis: count, totalPolicies: count }),
            xds_sync: openObject,
          }),
        ),
      },
    },
  },
};

const problem = (description: string): Answer => json(description, component("Problem"));
const shortly = object({ id: text, path: text, service: text, enabled: flag });
const routeSchema = routeEntry.schema as unknown as Schema;
const changed = (status: string): Schema => object({ id: text, status: constant(status) });
const missing = problem("There is no such route.");
const tooLarge = problem("The body is too large.");
const clash = problem("It collides with another.");
const part: Schema = { ...routeSchema, required: [] };

/** Who has the token of the configuration may use these. */
export const routePaths: Paths = {
  "/admin/routes": {
    get: {
      summary: "Lists the routes of the short form",
      answers: { 200: json("Routes.", object({ routes: listOf(shortly) })) },
    },
    post: {
      summary: "Makes a route",
      body: { schema: routeSchema, example: { path: "/users/*", service: "users" } },
      answers: { 201: json("Made.", changed("created")), 409: clash, 413: tooLarge },
    },
  },
  "/admin/routes/{id}": {
    get: {
      summary: "One route, whole",
      answers: { 200: json("The route.", { ...routeSchema, required: ["id"] }), 404: missing },
    },
    put: {
      summary: "Changes a route; what is left out stays as it is",
      body: { schema: part, example: { enabled: false } },
      answers: {
        200: json("Changed.", changed("updated")),
        ...{ 404: missing, 409: clash, 413: tooLarge },
      },
    },
    delete: { summary: "Takes a route away", answers: { 204: nothing("Gone."), 404: missing } },
  },
};
