/** The paths of plans, subscriptions, secrets, consumers and revoked tokens. */
import { readConsumer } from "../../access/consumers.ts";
import { blankPlan, readPlan } from "../../access/plans.ts";
import { readRevocation } from "../../access/revocations.ts";
import { readStatus, readSubscription } from "../../access/subscriptions.ts";
import type { Reader } from "../../model/reader.ts";
import { readSecret } from "../../secrets/secrets.ts";
import { json, nothing, type Operation, type Paths, type RequestBody } from "../operation.ts";
import {
  component,
  constant,
  count,
  flag,
  listOf,
  object,
  oneOf,
  orNull,
  success,
  successList,
  tableOf,
  text,
  time,
  type Schema,
} from "../schema.ts";
import { describeReading } from "../trace.ts";

const problem = (description: string) => json(description, component("Problem"));
const clash = problem("It is taken, or something else uses it.");
const tooLarge = problem("The body is too large.");
const missing = { 404: problem("There is none.") };

const body = (read: (document: Reader) => unknown, example: unknown): RequestBody => ({
  schema: describeReading(read),
  example,
});

const plan = object({
  ...{ id: text, gatewayId: text, planName: text, billingPlan: orNull(text) },
  stopOnQuotaReach: flag,
  throttleLimitCount: orNull({ type: "number" }),
  throttleLimitUnit: orNull(oneOf("Min", "Hour", "Day", "Month")),
  ...{ expiryTime: orNull(time), status: oneOf("ACTIVE", "INACTIVE") },
  ...{ createdAt: time, updatedAt: time },
});
const planExample = { planName: "Gold", throttleLimitCount: 100, throttleLimitUnit: "Min" };

const subscriptionFields = {
  ...{ id: text, gatewayId: text, apiId: text, applicationId: orNull(text) },
  ...{ subscriptionPlanId: orNull(text), consumer: orNull(text) },
  ...{ billingCustomerId: orNull(text), billingSubscriptionId: orNull(text) },
  status: oneOf("ACTIVE", "INACTIVE", "REVOKED"),
  ...{ createdAt: time, updatedAt: time },
};
const subscription = object(subscriptionFields);

const document = (kind: string, spec: Schema): Schema =>
  object({
    apiVersion: constant("gateway.api-platform.wso2.com/v1"),
    kind: constant(kind),
    metadata: object({ name: text }),
    spec,
    status: object({ id: text, createdAt: time, updatedAt: time }),
  });

const dryRun = { dryRun: oneOf("true", "false") };

/** What a dry run answers: the document as it would be shown, and whether anything differs. */
const tried = (shown: Schema): Schema => ({
  ...shown,
  properties: {
    ...(shown["properties"] as object),
    status: object({ id: text, dryRun: constant(true), changed: flag }),
  },
});
const preview = (shown: Schema) => json("What a dry run would have written.", tried(shown));
const replaced = (shown: Schema) =>
  json("Replaced; or what a dry run would have written.", { anyOf: [shown, tried(shown)] });

const secretFacts = { displayName: text, description: text };
const secret = document("Secret", object(secretFacts));
const secretExample = {
  ...{ apiVersion: "gateway.api-platform.wso2.com/v1", kind: "Secret" },
  metadata: { name: "wallet" },
  spec: { displayName: "A password", value: "not-to-be-told" },
};

const consumer = document(
  "Consumer",
  object({
    ...{ displayName: text, plan: orNull(text), groups: listOf(text), attributes: tableOf(text) },
    credentials: listOf({
      anyOf: [
        object({ type: constant("basic"), username: text }),
        object({ type: constant("jwt"), issuer: text, subject: text }),
        object({ type: constant("mtls"), fingerprint: text }),
        object({ type: constant("hmac"), keyId: text }),
      ],
    }),
  }),
);
const consumerMade: Schema = {
  ...consumer,
  properties: {
    ...(consumer["properties"] as object),
    generated: listOf(object({ keyId: text, secret: text })),
  },
};
const consumerExample = {
  ...{ apiVersion: "gateway.api-platform.wso2.com/v1", kind: "Consumer" },
  metadata: { name: "ada" },
  spec: {
    groups: ["buyers"],
    attributes: { region: "eu" },
    credentials: [{ type: "jwt", issuer: "https://idp.example", subject: "ada" }],
  },
};

const revocation = object(
  { id: text, expiresAt: time, createdBy: text, createdAt: time },
  { sha256: text, issuer: text, jti: text },
);

const remove = (summary: string, status: number, schema?: Schema): Operation => ({
  summary,
  answers: {
    [status]: schema ? json("Gone.", schema) : nothing("Gone."),
    ...missing,
    409: clash,
  },
});

export const accessPaths: Paths = {
  "/subscription-plans": {
    get: {
      summary: "Lists subscription plans",
      answers: { 200: json("Plans.", object({ subscriptionPlans: listOf(plan), count })) },
    },
    post: {
      summary: "Makes a subscription plan",
      body: body((reader) => readPlan(reader, blankPlan()), planExample),
      answers: { 201: json("Made.", plan), 409: clash, 413: tooLarge },
    },
  },
  "/subscription-plans/{id}": {
    get: { summary: "One plan", answers: { 200: json("The plan.", plan), ...missing } },
    put: {
      summary: "Changes a plan; what is not sent stays as it is",
      body: body((reader) => readPlan(reader, { ...blankPlan(), name: "a" }), planExample),
      answers: { 200: json("Changed.", plan), ...missing, 409: clash, 413: tooLarge },
    },
    delete: remove("Takes a plan away that nobody uses", 204),
  },
  "/subscriptions": {
    get: {
      summary: "Lists subscriptions",
      query: { apiId: text, applicationId: text, status: text },
      answers: {
        200: json("Subscriptions.", object({ subscriptions: listOf(subscription), count })),
      },
    },
    post: {
      summary: "Subscribes a token, an application or a consumer to an API",
      body: body(readSubscription, { apiId: "pets", subscriptionToken: "tok-1234" }),
      answers: {
        201: json("Made.", object({ ...subscriptionFields, subscriptionToken: text })),
        ...{ 409: clash, 413: tooLarge },
      },
    },
  },
  "/subscriptions/{id}": {
    get: { summary: "One subscription", answers: { 200: json("It.", subscription), ...missing } },
    put: {
      summary: "Changes the status, and nothing else",
      body: body((reader) => readStatus(reader, {}), { status: "INACTIVE" }),
      answers: { 200: json("Changed.", subscription), ...missing, 413: tooLarge },
    },
    delete: remove("Takes a subscription away", 204),
  },
  "/secrets": {
    get: {
      summary: "Lists secrets, without their values",
      answers: { 200: json("Secrets.", successList("secrets", secret)) },
    },
    post: {
      summary: "Makes a secret",
      query: dryRun,
      body: body(readSecret, secretExample),
      answers: { 200: preview(secret), 201: json("Made.", secret), 409: clash, 413: tooLarge },
    },
  },
  "/secrets/{id}": {
    get: {
      summary: "One secret, with its value",
      answers: {
        200: json("It.", document("Secret", object({ ...secretFacts, value: text }))),
        ...missing,
      },
    },
    put: {
      summary: "Replaces a secret; one with the same value stays as it is",
      query: dryRun,
      body: body(readSecret, secretExample),
      answers: { 200: replaced(secret), ...missing, 413: tooLarge },
    },
    delete: remove("Takes a secret away that no document uses", 200),
  },
  "/consumers": {
    get: {
      summary: "Lists consumers, without what they prove themselves by",
      answers: { 200: json("Consumers.", successList("consumers", consumer)) },
    },
    post: {
      summary: "Makes a consumer; a secret that is generated is shown this once",
      query: dryRun,
      body: body(readConsumer, consumerExample),
      answers: {
        200: preview(consumer),
        201: json("Made.", consumerMade),
        409: clash,
        413: tooLarge,
      },
    },
  },
  "/consumers/{id}": {
    get: { summary: "One consumer", answers: { 200: json("It.", consumer), ...missing } },
    put: {
      summary: "Replaces a consumer; a password or secret that is not sent stays",
      query: dryRun,
      body: body(readConsumer, consumerExample),
      answers: { 200: replaced(consumerMade), ...missing, 409: clash, 413: tooLarge },
    },
    delete: remove("Takes a consumer away", 200, success({ message: text, id: text })),
  },
  "/revoked-tokens": {
    get: {
      summary: "Lists revoked tokens, by their hashes or ids",
      answers: { 200: json("They.", successList("revokedTokens", revocation)) },
    },
    post: {
      summary: "Revokes a token, until it would end by itself",
      body: body(readRevocation, {
        ...{ issuer: "https://idp.example", jti: "7f3a" },
        expiresAt: "2099-01-31T12:00:00Z",
      }),
      answers: { 201: json("Revoked.", revocation), 413: tooLarge },
    },
  },
  "/revoked-tokens/{id}": {
    delete: { summary: "Takes a revocation back", answers: { 204: nothing("Gone."), ...missing } },
  },
};
