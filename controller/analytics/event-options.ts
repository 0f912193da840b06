/** What Envoy has to write for the events that are wanted. */
import type { RequestEventOptions } from "../xds/resources/http/request-events.ts";
import type { RecordOptions } from "./options.ts";

export const eventOptions = (options: RecordOptions = {}): { events?: RequestEventOptions } => {
  const { traffic, security } = options;
  if (!traffic && !security) return {};
  return {
    events: {
      requestHeaders: traffic?.requestHeaders ?? [],
      responseHeaders: traffic?.responseHeaders ?? [],
      everyRequest: traffic !== undefined,
    },
  };
};
