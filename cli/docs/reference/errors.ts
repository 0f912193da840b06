/** The page of errors: exit codes and the ids of errors. */
import { errorIds } from "../../error-ids.ts";
import { Exit } from "../../errors.ts";
import { code, inCell, page, table } from "../markdown.ts";

const meanings: Record<Exit, string> = {
  [Exit.Done]: "done",
  [Exit.Failed]: "failed, refused or not valid; `ap diff` found a difference",
  [Exit.Usage]: "the command line is wrong",
  [Exit.NotFound]: "what was named does not exist",
  [Exit.Conflict]: "something else has the name, or has changed since",
  [Exit.Unreachable]: "the gateway did not answer",
};

export const errorsPage = (): string =>
  page(
    "# Errors",
    "A command that fails prints `error`, an id, what was expected and found, and what to do next, on its error stream. " +
      'With `--output json` the error is JSON, too: `{"error": {id, message, exitCode, next, fields}}`.',
    "## Exit codes",
    table(["code", "means"], Object.entries(meanings)),
    "## Ids",
    table(
      ["id", "means"],
      Object.entries(errorIds).map(([id, meaning]) => [code(id), inCell(meaning)]),
    ),
    "[Rules of `ap lint`](lint.md) have a page of their own.",
  );
