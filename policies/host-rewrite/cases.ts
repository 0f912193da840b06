import type { Case } from "sluice/cases";

const rewrite = (host: string) => ({ name: "host-rewrite", version: "v1", params: { host } });

export const cases: Case[] = [
  {
    name: "sets the host that the upstream sees",
    example: true,
    params: { host: "pets.internal:8080" },
    request: { path: "/pets", headers: { ":authority": "api.example" } },
    expect: { status: 200, upstream: { headers: { host: "pets.internal:8080" } } },
  },
  {
    name: "lets the last one win, which is the operation's",
    chain: [rewrite("api.internal"), rewrite("operation.internal")],
    request: { path: "/" },
    expect: { status: 200, upstream: { headers: { host: "operation.internal" } } },
  },
];
