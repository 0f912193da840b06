/** The paths of API keys, below whatever they open. */
import { keyRules, readKeyChange, readNewKey, readRegeneration } from "../../access/key-reading.ts";
import { json, type Paths } from "../operation.ts";
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

/** `owner`: the field that names whose key it is. */
const key = (owner: "apiId" | "consumerId"): Schema =>
  object(
    {
      ...{ name: text, apiKey: text, [owner]: text, status: oneOf("active", "expired") },
      ...{ createdAt: time, createdBy: text, updatedAt: time, expiresAt: orNull(time) },
      source: oneOf("local", "external"),
    },
    { issuer: text, externalRefId: text, previousKeyValidUntil: time },
  );

export function keyPaths(path: string, owner: "apiId" | "consumerId"): Paths {
  const shown = key(owner);
  const made = success({ message: text, remainingApiKeyQuota: count, apiKey: shown });
  const missing = json("There is no such key, or it is another's.", component("Problem"));
  const clash = json("The name or the value is taken.", component("Problem"));
  const tooLarge = json("The body is too large.", component("Problem"));
  const write = { 404: missing, 409: clash, 413: tooLarge };
  const external = "a-key-from-elsewhere-0123456789abcdef";
  return {
    [`${path}/{id}/api-keys`]: {
      get: {
        summary: "Lists the active keys: all of them to an admin, their own to others",
        answers: {
          200: json("Keys, masked.", success({ apiKeys: listOf(shown), totalCount: count })),
          404: missing,
        },
      },
      post: {
        summary: "Makes a key, which is shown this once, or takes one from elsewhere",
        body: {
          schema: describeReading((body) => readNewKey(body, keyRules)),
          example: { name: "batch", expiresIn: { unit: "days", duration: 30 } },
          optional: true,
        },
        answers: {
          201: json("Made.", made),
          ...write,
          500: json("The caller has as many keys here as anyone may have.", component("Problem")),
        },
      },
    },
    [`${path}/{id}/api-keys/{name}`]: {
      put: {
        summary: "Gives a key from elsewhere another value or end",
        body: {
          schema: describeReading((body) => readKeyChange(body, keyRules, "")),
          example: { apiKey: external },
        },
        answers: { 200: json("Replaced.", made), ...write },
      },
      delete: {
        summary: "Revokes a key; the answer is the same when there is none",
        answers: {
          200: json(
            "It opens nothing.",
            success({ message: constant("API key revoked successfully") }),
          ),
          404: json("There is nothing that it could open.", component("Problem")),
        },
      },
    },
    [`${path}/{id}/api-keys/{name}/regenerate`]: {
      post: {
        summary: "Gives a key a new value, which is shown this once",
        body: {
          schema: describeReading(readRegeneration),
          example: { overlap: "1h" },
          optional: true,
        },
        answers: { 200: json("Regenerated.", made), ...write },
      },
    },
  };
}
