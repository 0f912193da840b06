/** The pages that are done as they stand, by what they need. */

/** Each of these needs nothing but the package. */
export const alone = [
  "docs/tutorial/first-policy.md",
  "docs/how-to/test-with-cases.md",
  "docs/how-to/write-a-policy-that-asks.md",
  "docs/explanation/same-filter.md",
];

/** Starts the gateway that the ones below it work with. */
export const first = "docs/how-to/run-a-gateway.md";

export const inTheFirst = [
  "docs/how-to/secure-with-keys.md",
  "docs/how-to/limit-rates.md",
  "docs/how-to/use-secrets.md",
  "docs/how-to/debug-a-request.md",
  "docs/how-to/import-openapi.md",
  "docs/how-to/publish-a-policy.md",
  "docs/how-to/describe-an-mcp-server.md",
  "docs/explanation/what-fails-how.md",
];

/** Each of these starts one, on the same ports, after the first has ended. */
export const withTheirOwn = [
  "docs/how-to/secure-with-jwt.md",
  "docs/how-to/use-the-short-form.md",
  "docs/how-to/tls.md",
  "docs/how-to/run-a-fleet.md",
  "docs/how-to/follow-a-folder.md",
  "docs/how-to/observe.md",
  "docs/how-to/move-from-wso2.md",
  "README.md",
  "docs/how-to/secure-the-management.md",
  "docs/how-to/go-to-production.md",
  "docs/how-to/back-up-and-restore.md",
  "docs/how-to/upgrade.md",
  "docs/how-to/run-several-controllers.md",
];

export const pages: readonly string[] = [...alone, first, ...inTheFirst, ...withTheirOwn];
