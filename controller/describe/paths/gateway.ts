/** The paths of people, the audit log, certificates, policies and modules. */
import { readCertificate } from "../../api/certificates.ts";
import { readChange, readNewUser } from "../../api/people/users.ts";
import { roles } from "../../people/roles.ts";
import { json, nothing, type Paths } from "../operation.ts";
import {
  anything,
  component,
  count,
  flag,
  listOf,
  object,
  oneOf,
  openObject,
  orNull,
  success,
  successList,
  text,
  time,
} from "../schema.ts";
import { describeReading } from "../trace.ts";
import { canaryPaths, share, trial } from "./canary.ts";
import { wait } from "./resources.ts";

const problem = (description: string) => json(description, component("Problem"));
const tooLarge = problem("The body is too large.");

const user = object({
  ...{ username: text, roles: listOf(oneOf(...roles)) },
  source: oneOf("configuration", "store"),
});
const noUser = problem("There is no such user.");
const fixedUser = problem("The name is taken, the user is the configuration's, or the last admin.");

const certificateFacts = {
  ...{ id: text, name: text, subject: text, issuer: text, notAfter: time },
  count,
};

const entry = object({
  ...{ id: count, at: time, actor: text, address: text, correlationId: text },
  action: oneOf("create", "replace", "change", "delete"),
  ...{ path: text, kind: orNull(text), handle: orNull(text), status: count },
  ...{ before: anything, after: anything },
});

const policy = object(
  {
    ...{ name: text, version: text, displayName: text, description: text },
    ...{ parameters: openObject, phases: listOf(text) },
  },
  { systemParameters: openObject },
);

const policies = success({
  ...{ count, policies: listOf(policy) },
  gatewayPolicies: listOf(object({ name: text, version: text, mandatory: flag, field: text })),
});

const module = object(
  {
    ...{ hash: text, uploadedAt: time, serving: flag },
    policies: listOf(object({ name: text, version: text })),
  },
  { refused: text, standsInFor: text },
);
const served = success({
  hash: text,
  gateways: listOf(
    object(
      { id: text, state: oneOf("serving", "acknowledged", "pending", "refused") },
      { reason: text },
    ),
  ),
});
const assigned = {
  200: json("Every connected gateway has it, or nobody waited.", served),
  202: json("A gateway lacks it, or refused it.", served),
};

export const gatewayPaths: Paths = {
  "/users": {
    get: {
      summary: "Lists who may manage",
      answers: { 200: json("Users.", successList("users", user)) },
    },
    post: {
      summary: "Makes a user",
      body: {
        schema: describeReading(readNewUser),
        example: { username: "ada", password: "a long password", roles: ["developer"] },
        closed: true,
      },
      answers: { 201: json("Made.", user), 409: fixedUser, 413: tooLarge },
    },
  },
  "/users/{name}": {
    get: { summary: "One user", answers: { 200: json("The user.", user), 404: noUser } },
    put: {
      summary: "Changes a user's password or roles",
      body: {
        schema: describeReading(readChange),
        example: { roles: ["consumer"] },
        closed: true,
      },
      answers: { 200: json("Changed.", user), 404: noUser, 409: fixedUser, 413: tooLarge },
    },
    delete: {
      summary: "Takes a user away",
      answers: { 204: nothing("Gone."), 404: noUser, 409: fixedUser },
    },
  },
  "/audit": {
    get: {
      summary: "Who changed what, the newest first",
      query: {
        ...{ actor: text, kind: text, handle: text, action: text, since: time, until: time },
        before: { type: "integer", minimum: 1 },
        limit: { type: "integer", minimum: 1, maximum: 1_000 },
      },
      answers: {
        200: json(
          "Entries; `next` is for `before`.",
          success({ count, entries: listOf(entry) }, { next: count }),
        ),
      },
    },
  },
  "/certificates": {
    get: {
      summary: "Lists the authorities that upstreams may have",
      answers: {
        200: json(
          "Them.",
          success({
            certificates: listOf(object(certificateFacts)),
            ...{ totalCount: count, totalBytes: count },
          }),
        ),
      },
    },
    post: {
      summary: "Adds authorities, which count at once",
      body: {
        schema: describeReading(readCertificate),
        example: { name: "corp-ca", certificate: "-----BEGIN CERTIFICATE-----…" },
      },
      answers: {
        201: json("Added.", success({ ...certificateFacts, message: text })),
        ...{ 409: problem("The name is taken."), 413: tooLarge },
      },
    },
  },
  "/certificates/reload": {
    post: {
      summary: "Reads them from the store and brings them to the gateways",
      answers: { 200: json("Done.", success({ message: text, totalBytes: count })) },
    },
  },
  "/certificates/{id}": {
    delete: {
      summary: "Takes authorities away",
      answers: {
        200: json("Gone.", success({ message: text, id: text })),
        404: problem("There is none."),
      },
    },
  },
  "/policies": {
    get: {
      summary: "The policies that documents may name, with the schemas of their parameters",
      query: { used: oneOf("true", "false") },
      answers: {
        200: json("Policies, and which of them the gateway runs on every API.", policies),
      },
    },
  },
  "/modules": {
    get: {
      summary: "Lists the modules that were published",
      answers: { 200: json("Modules.", successList("modules", module)) },
    },
    post: {
      summary:
        "Keeps a WebAssembly module; with `assign` it serves, with `canary` some gateways try it",
      query: { assign: oneOf("true", "false"), wait, canary: share, for: wait },
      body: {
        schema: { type: "string", contentMediaType: "application/wasm" },
        example: null,
      },
      answers: {
        201: json("Kept, or serving.", {
          anyOf: [served, success({ hash: text, policies: listOf(openObject) })],
        }),
        202: json("Some gateways lack it, or try it.", {
          anyOf: [served, success({ hash: text, canary: trial })],
        }),
        ...{ 409: problem("Another module is being tried."), 413: tooLarge },
      },
    },
  },
  ...canaryPaths,
  "/modules/rollback": {
    post: { summary: "Goes back to the module before", query: { wait }, answers: assigned },
  },
  "/modules/{hash}/assign": {
    post: {
      summary: "Lets a module serve",
      query: { wait },
      answers: { ...assigned, 404: problem("There is no such module.") },
    },
  },
};
