/** Schemas that several outputs share. */
import { trialIn } from "../../controller/describe/paths/canary.ts";
import { errorIds } from "../error-ids.ts";
import { Exit } from "../errors.ts";
import {
  anything,
  count,
  flag,
  listOf,
  object,
  oneOf,
  openObject,
  orNull,
  text,
  type Schema,
} from "../../controller/describe/schema.ts";

const numbers = Object.values(Exit).filter((one) => typeof one === "number");

/** What every command prints on its error stream when it fails under `--output json`. */
export const failure: Schema = object({
  error: object(
    {
      id: oneOf(...Object.keys(errorIds)),
      message: text,
      exitCode: { enum: numbers.filter((one) => one !== Exit.Done) },
    },
    { next: text, fields: listOf(object({ field: text, message: text })) },
  ),
});

export const knownGateway = {
  ...{ name: text, server: text, adminServer: orNull(text) },
  auth: oneOf("none", "basic", "bearer"),
};

export const change: Schema = object({ path: text }, { before: anything, after: anything });

const gatewayState = object(
  { id: text, state: oneOf("serving", "acknowledged", "pending", "refused") },
  { reason: text },
);

export const publication: Schema = object(
  {
    ...{ hash: text, served: flag },
    gateways: listOf(gatewayState),
  },
  /** With --watch, in milliseconds since the save. */
  { took: object({ built: count, served: count }) },
);

/** What `ap policy publish --canary` tells when it ends. */
export const trial: Schema = trialIn("promoted", "taken back");

/** A resource as a gateway gives it out; what stands in `spec` is the kind's own. */
export const document = (kind: string): Schema => ({
  type: "object",
  properties: {
    ...{ apiVersion: text, kind: { const: kind } },
    metadata: { type: "object", properties: { name: text }, required: ["name"] },
    ...{ spec: openObject, status: openObject },
  },
  required: ["kind", "metadata", "spec"],
  additionalProperties: false,
});

/** An item of a kind without a document: it has at least these. */
export const item = (...fields: string[]): Schema => ({
  type: "object",
  properties: { id: text },
  required: fields,
});

export const key: Schema = {
  type: "object",
  properties: { name: text, apiKey: text, status: oneOf("active", "expired") },
  required: ["name", "apiKey", "status", "createdAt", "expiresAt", "source"],
};

export const madeKey: Schema = {
  type: "object",
  properties: { status: { const: "success" }, message: text, apiKey: key },
  required: ["status", "message", "apiKey"],
};
