/** The paths that every kind of the model has: generated from its row, so that a new kind is described by being one. */
import type { ResourceKind } from "../../model/index.ts";
import { json, nothing, type Answer, type Operation, type Paths } from "../operation.ts";
import {
  component,
  constant,
  count,
  listOf,
  object,
  oneOf,
  orNull,
  success,
  text,
  time,
  type Schema,
} from "../schema.ts";
import { describeReading } from "../trace.ts";

const gateway = object(
  {
    id: text,
    state: oneOf("serving", "acknowledged", "pending", "refused"),
    revision: orNull(count),
  },
  { reason: text },
);

const state = oneOf("deployed", "undeployed");

const statusSchema = object({
  ...{ id: text, state, createdAt: time, updatedAt: time, deployedAt: orNull(time) },
  revision: count,
  gateways: listOf(gateway),
  problem: orNull(object({ revision: count, reason: text })),
});

const previewStatus = object({ id: text, state, revision: count, dryRun: constant(true) });

export const documentSchema = ({ read }: ResourceKind): Schema => describeReading(read, "spec");

/** A document as an answer has it: with a status of its own. */
export const shown = (document: Schema, status: Schema): Schema => {
  const {
    properties = {},
    required = [],
    ...rest
  } = document as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return { ...rest, properties: { ...properties, status }, required: [...required, "status"] };
};

export const wait: Schema = { type: "string", pattern: String.raw`^\d+(\.\d+)?(ms|s|m)$` };
const integer = (maximum: number): Schema => ({ type: "integer", minimum: 0, maximum });

export const resourceComponents = (kind: ResourceKind): Record<string, Schema> => {
  const document = documentSchema(kind);
  return {
    [kind.kind]: document,
    [`${kind.kind}Shown`]: shown(document, statusSchema),
    [`${kind.kind}Preview`]: shown(document, previewStatus),
  };
};

export function resourcePaths(kind: ResourceKind): Paths {
  const document = component(`${kind.kind}Shown`);
  const preview = component(`${kind.kind}Preview`);
  const body = { schema: component(kind.kind), example: kind.example };
  const missing: Answer = json("There is none with this handle.", component("Problem"));
  const write = { dryRun: oneOf("true", "false"), wait };
  const settled = {
    202: json(
      "Written, and not served by every gateway in the time that `wait` gave, or refused by one.",
      document,
      "ETag",
      "Warning",
    ),
    409: json("The handle, or the name and version, are taken.", component("Problem")),
    413: json("The document is too large.", component("Problem")),
  };
  const ifMatch = { "If-Match": text, "If-None-Match": text };
  const notThisRevision = json(
    "If-Match names no tag of what is there, or If-None-Match names it.",
    component("Problem"),
  );
  const list: Operation = {
    summary: `Lists documents of the kind ${kind.kind}, with their contexts resolved`,
    query: {
      ...{ displayName: text, version: text, context: text, status: state },
      ...{ limit: integer(1_000), offset: integer(1e9) },
    },
    answers: {
      200: json(
        "A page of them.",
        success({ count, total: count, [kind.listKey]: listOf(document) }),
        "X-Total-Count",
      ),
    },
  };
  return {
    [`/${kind.path}`]: {
      get: list,
      post: {
        summary: `Creates a document of the kind ${kind.kind}`,
        query: write,
        body,
        answers: {
          200: json("What a dry run would have made.", preview, "Warning"),
          201: json("Created.", document, "ETag", "Warning"),
          ...settled,
        },
      },
    },
    [`/${kind.path}/{id}`]: {
      get: {
        summary: "The document as it was written, and what became of it",
        headers: { "If-None-Match": text },
        answers: {
          200: json("The document.", document, "ETag"),
          304: nothing(
            "It is one that If-None-Match names. A tag is of the document: what gateways serve is no part of it.",
          ),
          404: missing,
        },
      },
      put: {
        summary: "Replaces the document",
        query: write,
        headers: ifMatch,
        body,
        answers: {
          200: json(
            "Replaced, or what a dry run would have made.",
            {
              anyOf: [document, preview],
            },
            "ETag",
            "Warning",
          ),
          ...settled,
          404: missing,
          412: notThisRevision,
        },
      },
      delete: {
        summary: "Takes the document away, with its API keys and subscriptions",
        query: write,
        headers: ifMatch,
        answers: {
          ...Object.fromEntries(
            [200, 202].map((status) => [
              status,
              json(
                status === 200
                  ? "Gone, or what a dry run would have taken away."
                  : "Gone here, and not yet at every gateway.",
                success({ message: text, id: text }, { dryRun: constant(true) }),
              ),
            ]),
          ),
          404: missing,
          412: notThisRevision,
        },
      },
    },
  };
}
