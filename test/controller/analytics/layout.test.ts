/** Lines that the Envoy of another release's controller writes: none is taken for what it is not. */
import { afterEach, expect, test } from "vitest";
import { Recorder } from "../../../controller/analytics/recorder.ts";
import {
  eventFields,
  eventLayout,
  eventMark,
} from "../../../controller/xds/resources/http/request-events.ts";

const printed: string[] = [];
const logged: string[] = [];
afterEach(() => {
  printed.splice(0);
  logged.splice(0);
});

const take = async (...lines: string[]): Promise<void> => {
  const recorder = new Recorder({
    traffic: {
      ...{ sampling: 1, ignoredPaths: [], requestHeaders: [], responseHeaders: [] },
      ...{ excludedFields: [], outputs: { stdout: true, queueSize: 10 } },
    },
    factsOf: () => null,
    print: async (text) => void printed.push(text),
    log: (line) => void logged.push(line),
  });
  for (const line of lines) recorder.take(line);
  await recorder.close();
};

const line = (layout: string, fields: readonly string[]): string =>
  [layout, ...fields].map((value) => eventMark + value).join("");

test("a line of this release makes an event, each field at its name", async () => {
  await take(line(eventLayout, eventFields));
  expect(JSON.parse(printed.join(""))).toMatchObject({
    timestamp: "t",
    request: { method: "method", host: "host", path: "path" },
    client: { ip: "ip" },
  });
  expect(logged).toEqual([]);
});

test("lines of another release make none, and say once what to do", async () => {
  const other = line("0a0b0c", ["new", ...eventFields]);
  await take(other, other, line("", eventFields));
  expect(printed).toEqual([]);
  expect(logged).toEqual([
    `lines of Envoy's about requests cannot be read: expected the layout ${eventLayout}, found 0a0b0c: ` +
      "run this gateway at its controller's release",
  ]);
});
