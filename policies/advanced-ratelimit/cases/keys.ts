/** For whom is counted. */
import type { Case } from "sluice/cases";
import { key, limit, pass, stop, withHeaders } from "./steps.ts";

export const keys: Case[] = [
  {
    name: "counts for each client, by a header",
    example: true,
    params: {
      quotas: [
        {
          name: "clients",
          limits: [{ limit: 1, duration: "1h" }],
          keyExtraction: [{ type: "header", key: "x-client" }],
        },
      ],
    },
    steps: [
      pass(withHeaders({ "x-client": "ada" })),
      pass(withHeaders({ "x-client": "bob" })),
      stop(withHeaders({ "x-client": "ada" }), {
        headers: { "x-ratelimit-quota": "clients", "retry-after": /^\d+$/ },
      }),
    ],
  },
  {
    name: "counts by header; who sends none shares one count",
    params: key({ type: "header", key: "X-User" }),
    steps: [
      pass(withHeaders({ "x-user": "ada" })),
      pass(withHeaders({ "x-user": "bob" })),
      stop(withHeaders({ "x-user": "ada" })),
      pass(),
      stop(),
    ],
  },
  {
    name: "keeps lists of values apart that would look the same when joined",
    params: key({ type: "header", key: "x-a" }, { type: "header", key: "x-b" }),
    steps: [
      pass(withHeaders({ "x-a": "1:2", "x-b": "3" })),
      pass(withHeaders({ "x-a": "1", "x-b": "2:3" })),
      stop(withHeaders({ "x-a": "1", "x-b": "2:3" })),
    ],
  },
  {
    name: "tells long values apart by their ends",
    params: key({ type: "header", key: "x-a" }),
    steps: [
      pass(withHeaders({ "x-a": "a".repeat(8_000) + "1" })),
      pass(withHeaders({ "x-a": "a".repeat(8_000) + "2" })),
      stop(withHeaders({ "x-a": "a".repeat(8_000) + "1" })),
    ],
  },
  {
    name: "counts by the address that the listener trusts, whatever the client claims",
    params: key({ type: "ip" }),
    steps: [
      pass(withHeaders({ "x-real-ip": "10.0.0.1" })),
      stop(withHeaders({ "x-real-ip": "10.0.0.2" })),
    ],
  },
  {
    name: "believes the first of x-forwarded-for only where it is told to",
    params: { ...key({ type: "ip" }), clientAddress: "forwarded" },
    steps: [
      pass(withHeaders({ "x-forwarded-for": "10.0.0.1, 10.9.9.9" })),
      pass(withHeaders({ "x-forwarded-for": "10.0.0.2, 10.9.9.9" })),
      stop(withHeaders({ "x-forwarded-for": "10.0.0.1" })),
    ],
  },
  {
    name: "counts an IPv6 network of 64 bits as one client",
    params: { ...key({ type: "ip" }), clientAddress: "forwarded" },
    steps: [
      pass(withHeaders({ "x-forwarded-for": "2001:db8:0:1::1" })),
      pass(withHeaders({ "x-forwarded-for": "2001:db8:0:2::1" })),
      stop(withHeaders({ "x-forwarded-for": "2001:DB8:0:1:ffff::2" })),
      pass(withHeaders({ "x-forwarded-for": "10.0.0.1" })),
      stop(withHeaders({ "x-forwarded-for": "::ffff:10.0.0.1" })),
    ],
  },
  {
    name: "counts by expression",
    params: key({ type: "cel", expression: "request.Path.split('?')[0]" }),
    steps: [pass("/a?1"), stop("/a?2"), pass("/b?1")],
  },
  {
    name: "an expression that fails shares one count",
    params: key({ type: "cel", expression: "request.Headers['x-user'][0]" }),
    steps: [pass(withHeaders({ "x-user": "ada" })), pass(), stop()],
  },
  {
    name: "leaves requests alone that do not match",
    params: key({ type: "header", key: "x-plan", match: { type: "regex", value: "^free$" } }),
    steps: [
      pass(withHeaders({ "x-plan": "free" })),
      pass(withHeaders({ "x-plan": "gold" }), { headers: { "x-ratelimit-limit": null } }),
      pass(withHeaders({ "x-plan": "gold" })),
      stop(withHeaders({ "x-plan": "free" })),
    ],
  },
  {
    name: "has a key for all quotas that have none",
    params: {
      quotas: [{ limits: [limit(1)] }],
      keyExtraction: [
        { type: "constant", key: "x" },
        { type: "header", key: "x-user" },
      ],
    },
    steps: [pass(withHeaders({ "x-user": "ada" })), pass(), stop()],
  },
];
