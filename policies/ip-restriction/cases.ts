import { misconfigured, type Case } from "sluice/cases";

const passes = { status: 200 };
const refused = {
  status: 403,
  body: { error: "Forbidden", message: "Your IP address is not allowed" },
  upstream: null,
};
const forwarded = (...values: string[]) => ({
  path: "/",
  headers: values.map((value): [string, string] => ["x-forwarded-for", value]),
});
const simulated = {
  runner: "simulator",
  because: "a client of a real Envoy is at 127.0.0.1",
} as const;

/** Addresses told by a proxy that is trusted: the tests' own client. */
const behind = { trustedproxies: ["127.0.0.0/8", "192.0.2.0/24"] };

export const cases: Case[] = [
  {
    name: "lets an address of an allowed network through",
    params: { allow: ["127.0.0.0/8"] },
    request: { path: "/" },
    expect: passes,
  },
  {
    name: "refuses an address that is not allowed",
    params: { allow: ["10.0.0.0/8"] },
    request: { path: "/" },
    expect: refused,
  },
  {
    name: "refuses a denied address of an allowed network, in the words it was given",
    example: true,
    params: { allow: ["127.0.0.0/8"], deny: ["127.0.0.1"], status: 404, message: "Nothing here" },
    request: { path: "/" },
    expect: { status: 404, body: { error: "Not Found", message: "Nothing here" }, upstream: null },
  },
  {
    name: "does not believe X-Forwarded-For of anyone",
    params: { allow: ["10.0.0.0/8"] },
    request: forwarded("10.0.0.1"),
    expect: refused,
  },
  {
    name: "does not let a denied client hide behind X-Forwarded-For",
    params: { deny: ["127.0.0.1"] },
    request: forwarded("10.0.0.1"),
    expect: refused,
  },
  ...(
    [
      ["IPv6", "2001:db8::7", passes],
      ["IPv6 outside", "2001:db9::7", refused],
      ["IPv4 within IPv6", "::ffff:10.1.2.3", passes],
      ["IPv4 within IPv6, in hexadecimal", "::ffff:0a01:0203", passes],
      ["IPv4 within IPv6, denied", "::ffff:10.9.9.9", refused],
    ] as const
  ).map(([what, clientAddress, expect]): Case => ({
    name: `reads ${what}`,
    params: { allow: ["2001:db8::/32", "10.0.0.0/8"], deny: ["10.9.9.9"] },
    request: {
      path: "/",
      clientAddress: clientAddress.includes(":") ? `[${clientAddress}]` : clientAddress,
    },
    expect,
    only: simulated,
  })),
  ...(
    [
      ["the client that a trusted proxy tells", ["10.1.2.3"], passes],
      ["the client behind two trusted proxies", ["10.1.2.3, 192.0.2.1"], passes],
      ["a client that tells another address itself", ["10.1.2.3, 198.51.100.1"], refused],
      ["the same in two headers", ["10.1.2.3", "198.51.100.1"], refused],
      ["what is no address", ["10.1.2.3, unknown"], refused],
      ["an empty place", ["10.1.2.3, "], refused],
      ["an address with a port", ["10.1.2.3:4711"], passes],
      ["IPv6 in brackets", ["[2001:db8::1]:80"], passes],
      ["IPv4 within IPv6 of a proxy", ["::ffff:10.1.2.3, ::ffff:192.0.2.9"], passes],
      ["octal", ["010.1.2.3"], refused],
      ["no hop at all", [], refused],
    ] as const
  ).map(([what, hops, expect]): Case => ({
    name: `decides with trusted proxies on ${what}`,
    params: { ...behind, allow: ["10.0.0.0/8", "2001:db8::/32"] },
    request: forwarded(...hops),
    expect,
  })),
  ...misconfigured([
    ["nobody named", {}, /at least one of: allow, deny/],
    [
      "a name in place of an address",
      { allow: ["10.0.0.0/8", "home"] },
      /allow\[1\]: expected an address or a network/,
    ],
    [
      "a network that is too wide for its family",
      { deny: ["10.0.0.0/33"] },
      /deny\[0\]: expected an address or a network/,
    ],
    [
      "a proxy that is no address",
      { allow: ["::/0"], trustedproxies: ["proxy"] },
      /trustedproxies\[0\]: expected/,
    ],
  ]),
];
