import { misconfigured, type Case } from "sluice/cases";
import { authority, forged, robot, shop } from "./certificates.ts";

const robotFingerprint = "5e620a0903d0a32cc0e1b98f08508ef2313a4d714102775d07819a71cdbc52e3";
const subject = "CN=robot,OU=Ops,O=Example\\, Inc.";
const certificateHeaders = {
  subject: "x-client-subject",
  commonName: "x-client-name",
  uriSan: "x-client-uri",
  dnsSan: "x-client-host",
  fingerprint: "x-client-fingerprint",
};
const refused = {
  status: 401,
  headers: { "content-type": "application/json", "www-authenticate": null },
  body: { error: "Unauthorized", message: "Valid client certificate required" },
  upstream: null,
};
const secure = { path: "/", scheme: "https" as const };
const byRobot = { ...secure, clientCertificate: robot };
const byShop = { ...secure, clientCertificate: shop };

/** A certificate that is good enough, and one that is not. */
const judged = (params: object, what: string, good: typeof byRobot, bad: typeof byRobot): Case => ({
  name: `lets through by ${what}, and by nothing else`,
  params,
  clientAuthority: authority,
  steps: [
    { request: good, expect: { status: 200 } },
    { request: bad, expect: refused },
  ],
});

export const cases: Case[] = [
  {
    name: "lets a verified certificate through, and tells the upstream whose it is",
    example: true,
    params: { subjects: [subject], certificateHeaders },
    clientAuthority: authority,
    steps: [
      {
        request: byRobot,
        expect: {
          status: 200,
          upstream: {
            headers: {
              "x-client-subject": subject,
              "x-client-name": "robot",
              "x-client-uri": "spiffe://example.test/robot",
              "x-client-host": "robot.example.test",
              "x-client-fingerprint": robotFingerprint,
            },
          },
        },
      },
      { request: secure, expect: refused },
    ],
  },
  {
    name: "takes any verified certificate where nothing more is asked",
    params: {},
    clientAuthority: authority,
    steps: [
      { request: byRobot, expect: { status: 200 } },
      { request: byShop, expect: { status: 200 } },
      { request: secure, expect: refused },
      { request: { path: "/" }, expect: refused },
    ],
  },
  judged({ subjects: ["cn=robot, OU=Ops , O=Example\\2C Inc."] }, "the subject", byRobot, byShop),
  judged({ subjects: ["CN=shop,O=Shop"] }, "another subject", byShop, byRobot),
  judged({ commonNames: ["shop", "till"] }, "the common name", byShop, byRobot),
  judged({ sans: ["spiffe://example.test/robot"] }, "a URI", byRobot, byShop),
  judged({ sans: ["spiffe://example.test/*"] }, "a URI below another", byRobot, byShop),
  judged({ sans: ["shop.EXAMPLE.test"] }, "a DNS name in any case", byShop, byRobot),
  judged(
    { sans: ["*.example.test"], commonNames: ["shop"] },
    "a label under a domain and a common name",
    byShop,
    byRobot,
  ),
  judged({ fingerprints: [robotFingerprint] }, "the fingerprint", byRobot, byShop),
  judged(
    { fingerprints: [robotFingerprint.toUpperCase().replace(/..(?!$)/g, "$&:")] },
    "the fingerprint with colons",
    byRobot,
    byShop,
  ),
  ...(
    [
      ["a subject with a part more", { subjects: [`${subject},C=DE`] }],
      ["a subject with a part less", { subjects: ["CN=robot,OU=Ops"] }],
      ["a subject in another order", { subjects: ["O=Example\\, Inc.,OU=Ops,CN=robot"] }],
      ["a subject whose parts are one", { subjects: ["CN=robot+OU=Ops,O=Example\\, Inc."] }],
      ["a common name in capitals", { commonNames: ["ROBOT"] }],
      ["what is only part of a URI", { sans: ["spiffe://example.test"] }],
      ["a path that only starts the same", { sans: ["spiffe://example.test/robot/*"] }],
      ["a domain of another label", { sans: ["*.test"] }],
      ["a domain itself", { sans: ["*.robot.example.test"] }],
      ["a pattern for all", { sans: ["*"] }],
      ["one list of two", { commonNames: ["robot"], sans: ["shop.example.test"] }],
    ] as [string, object][]
  ).map(([what, params]): Case => ({
    name: `is not content with ${what}`,
    params,
    clientAuthority: authority,
    request: byRobot,
    expect: refused,
  })),
  {
    name: "believes no header that tells of a certificate",
    params: {},
    clientAuthority: authority,
    steps: ["http" as const, "https" as const].map((scheme) => ({
      request: {
        path: "/",
        scheme,
        headers: {
          "x-forwarded-client-cert": `Hash=${robotFingerprint};Subject="${subject}"`,
          "x-client-cert": robot.certificate.replaceAll("\n", " "),
          "ssl-client-verify": "SUCCESS",
        },
      },
      expect: refused,
    })),
  },
  {
    name: "gets no certificate of another authority to see: there is no connection",
    params: { allowUnauthenticated: true },
    clientAuthority: authority,
    request: { ...secure, clientCertificate: forged },
    expect: { status: 0, upstream: null, cut: /alert|closed|reset|socket/i },
    only: { runner: "envoy", because: "the handshake is Envoy's" },
  },
  {
    name: "knows the consumers' certificates",
    params: { consumers: true, certificateHeaders: { commonName: "x-client-name" } },
    clientAuthority: authority,
    feed: [{ table: "credential", id: ["mtls", robotFingerprint], fields: ["acme"] }],
    steps: [
      {
        request: byRobot,
        expect: { status: 200, upstream: { headers: { "x-client-name": "robot" } } },
      },
      { request: byShop, expect: refused },
      { feed: [{ table: "credential", id: ["mtls", robotFingerprint] }] },
      { request: byRobot, expect: refused },
    ],
  },
  {
    name: "says who called to the policies behind it",
    chain: [
      { name: "mtls-auth", version: "v1", params: { consumers: true } },
      {
        name: "cel-authz",
        version: "v1",
        params: {
          expression: [
            `auth.AuthType == "mtls" && auth.Subject == r'${subject}'`,
            `auth.Consumer == "acme" && auth.CredentialID == "${robotFingerprint}"`,
            'auth.Properties.uriSan == "spiffe://example.test/robot"',
          ].join(" && "),
        },
      },
    ],
    clientAuthority: authority,
    feed: [{ table: "credential", id: ["mtls", robotFingerprint], fields: ["acme"] }],
    request: byRobot,
    expect: { status: 200 },
  },
  {
    name: "lets anyone through where that is allowed, and tells nothing that the client made up",
    params: { commonNames: ["robot"], allowUnauthenticated: true, certificateHeaders },
    clientAuthority: authority,
    steps: [secure, byShop, { path: "/" }].map((request) => ({
      request: { ...request, headers: { "x-client-name": "robot", "x-client-subject": subject } },
      expect: {
        status: 200,
        upstream: { headers: { "x-client-name": null, "x-client-subject": null } },
      },
    })),
  },
  ...misconfigured([
    ["a subject that is none", { subjects: ["robot"] }, /subjects\[0\]: expected a name/],
    ["a subject that breaks off", { subjects: ["CN=robot\\"] }, /subjects\[0\]: expected a name/],
    ["a short fingerprint", { fingerprints: ["ab"] }, /fingerprints/],
    ["a header that is none", { certificateHeaders: { subject: "a b" } }, /certificateHeaders/],
  ]),
];
