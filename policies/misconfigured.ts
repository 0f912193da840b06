/** Cases of parameters that a policy refuses: what they have in words, the parameters, and what the log says of them. */
import type { Case } from "sluice/cases";

type Wrong = readonly [what: string, params: object, log: RegExp];

export const misconfigured = (wrong: readonly Wrong[]): Case[] =>
  wrong.map(([what, params, log]) => ({
    name: `is not to be configured with ${what}`,
    params,
    request: { path: "/" },
    expect: { status: 500, upstream: null, logs: [log] },
  }));
