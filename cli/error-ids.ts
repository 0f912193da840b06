/** Every id that an error of `ap` may have, and what it means: the page of errors is written from these. They never change. */
export const errorIds = {
  "AP-USAGE": "The command line or a file's form is wrong.",
  "AP-INVALID": "A file or value is not as it must be; the lines below name each field.",
  "AP-MODULE": "A WebAssembly module cannot be run here.",
  "AP-SYSTEM": "This machine refused: a file that is missing or not allowed, a port that is taken.",
  "AP-BUG": "A mistake in `ap` itself: report it with what is printed.",
  "AP-NOTHING": "The files that were named have no resources in them.",
  "AP-NO-FILE": "A file, folder or pattern that was named is not there.",
  "AP-TWICE": "Two documents have the same kind and name.",
  "AP-NO-GATEWAY": "No gateway of that name is known here: `ap gateway add` makes it known.",
  "AP-NO-ADMIN": "The gateway was added without its admin server, which this command asks.",
  "AP-CONFIG": "The file with the known gateways cannot be read.",
  "AP-UNREACHABLE": "The gateway does not answer; nothing was changed.",
  "AP-DENIED": "The gateway does not know this user, or the user's role may not do this.",
  "AP-NOT-FOUND": "The gateway has nothing of that name.",
  "AP-SEVERAL": "The name fits several resources: name one by `--id` or `--api-version`.",
  "AP-CONFLICT": "The name is taken, or the resource has changed since it was read.",
  "AP-REFUSED": "The gateway refused what was sent; the lines below name each field.",
  "AP-GATEWAY": "The gateway failed at it; its log says why.",
  "AP-HALF":
    "`--atomic` could not take everything back: the gateway has a part of the change, `ap diff` shows which.",
  "AP-NO-KIND": "This gateway has no resources of that kind; a newer one may.",
  "AP-NO-MCP": "What was asked is no MCP server, or answered what the protocol does not allow.",
  "AP-NO-IMAGE": "Gateways here need no image of their own for a policy.",
  "AP-OPENAPI": "A description cannot be imported as it is: the words say what stands in the way.",
  "AP-NO-ROUTE": "No route takes the request: callers get 404.",
  "AP-NO-RECORD": "The logs that were named have no such request.",
  "AP-CANARY-LOST":
    "The controller ended while some gateways tried a module: they have what they had.",
  "AP-NO-SOURCE": "The gateway serves a policy whose folder is not here, so it cannot be linked.",
} as const;

export type ErrorId = keyof typeof errorIds;
