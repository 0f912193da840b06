/** A line that Envoy writes of a request, taken apart: see `xds/resources/http/request-events.ts`. */
import {
  eventFields,
  eventLayout,
  eventMark,
  headerMarks,
  type EventField,
} from "../xds/resources/http/request-events.ts";

/** What has no value is empty. */
export interface RequestLine extends Readonly<Record<EventField, string>> {
  /** Absent unless headers were asked for. */
  requestHeaders?: ShownHeaders;
  responseHeaders?: ShownHeaders;
}

export interface ShownHeaders {
  /** What a policy told of those that may be shown. */
  filter: string;
  values: Record<string, string>;
}

export const isRequestLine = (text: string): boolean => text.startsWith(eventMark);

/** Throws an error if it is not laid out as this release reads it, or lacks fields. */
export function readRequestLine(text: string): RequestLine {
  const [layout, ...parts] = text.split(eventMark).slice(1);
  if (layout !== eventLayout)
    throw new Error(
      `expected the layout ${eventLayout}, found ${layout}: run this gateway at its controller's release`,
    );
  if (parts.length < eventFields.length)
    throw new Error(`expected ${eventFields.length} fields, found ${parts.length}`);
  const fields = Object.fromEntries(eventFields.map((name, i) => [name, parts[i]!]));
  const rest = parts.slice(eventFields.length);
  const [requestHeaders, responseHeaders] = [headerMarks.request, headerMarks.response].map(
    (mark) => shown(rest.filter((part) => part.startsWith(mark))),
  );
  return {
    ...(fields as Record<EventField, string>),
    ...(requestHeaders && { requestHeaders }),
    ...(responseHeaders && { responseHeaders }),
  };
}

/** `>name=value`; the one without a name is the filter. A header that was not there has no value. */
function shown(parts: readonly string[]): ShownHeaders | null {
  if (parts.length === 0) return null;
  const pairs = parts.map((part): [string, string] => {
    const at = part.indexOf("=");
    return [part.slice(1, at), part.slice(at + 1)];
  });
  const filter = pairs.find(([name]) => name === "")?.[1] ?? "";
  return {
    filter,
    values: Object.fromEntries(pairs.filter(([name, value]) => name !== "" && value !== "")),
  };
}
