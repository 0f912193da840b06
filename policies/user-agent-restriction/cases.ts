import { misconfigured, type Case } from "sluice/cases";

const from = (...agents: string[]) => ({
  path: "/",
  headers: agents.map((agent): [string, string] => ["user-agent", agent]),
});
const passes = { status: 200 };
const refused = {
  status: 403,
  body: { error: "Forbidden", message: "Not allowed" },
  upstream: null,
};
const deny = { deny: ["(?i)crawler", "^curl/"] };
const allow = { allow: ["^Mozilla/5\\.0 ", "^app/[0-9]+$"] };

export const cases: Case[] = [
  ...(
    [
      ["lets what is not denied through", deny, from("Mozilla/5.0"), passes],
      [
        "refuses what is denied, in any case if the pattern says so",
        deny,
        from("A CrAwLeR"),
        refused,
      ],
      ["refuses by an anchored pattern", deny, from("curl/8.1"), refused],
      ["lets the anchored text through elsewhere", deny, from("libcurl/8.1"), passes],
      ["lets what is allowed through", allow, from("app/12"), passes],
      ["refuses what is not allowed", allow, from("app/12x"), refused],
      ["refuses what is allowed and denied", { ...allow, deny: ["13"] }, from("app/13"), refused],
      ["refuses a request without a User-Agent", deny, from(), refused],
      ["refuses an empty User-Agent", deny, from(""), refused],
      ["lets none through where that is allowed", { ...allow, allowMissing: true }, from(), passes],
      ["refuses a denied agent behind one that is allowed", deny, from("app/1", "curl/8"), refused],
    ] as const
  ).map(([name, params, request, expect]): Case => ({ name, params, request, expect })),
  {
    name: "says what it was told to say",
    example: true,
    params: { deny: ["bot"], message: "No robots" },
    request: from("a bot"),
    expect: { status: 403, body: { error: "Forbidden", message: "No robots" } },
  },
  {
    name: "stays linear for a pattern that backtracks elsewhere",
    params: { deny: ["(a+)+$"] },
    request: from(`${"a".repeat(6_000)}b`),
    expect: passes,
  },
  ...misconfigured([
    ["nothing to look for", {}, /at least one of: allow, deny/],
    ["a pattern that is none", { deny: ["bot", "("] }, /deny\[1\]: /],
  ]),
];
