/** A slice of what `npm run fuzz` plays: the same seed, the same requests. */
import { expect, test } from "vitest";
import { play } from "./play.ts";

test("no generated request, valid or broken, brings a 5xx, an answer beside the description, or half a write", async () => {
  const { faults, statuses, writes } = await play({ seed: 8, count: 250 });
  expect(faults).toEqual([]);
  // It would prove nothing if all were refused.
  expect(writes).toBeGreaterThan(25);
  for (const status of [200, 201, 204, 400, 401, 403, 404, 409])
    expect(statuses, `${status}`).toHaveProperty(String(status));
});
