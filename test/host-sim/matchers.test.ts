import { expect, test } from "vitest";
import { simulate } from "../../host-sim/index.ts";
import { matchers } from "../../host-sim/matchers.ts";
import { tinyFilter } from "../controller/tiny-filter.ts";

expect.extend(matchers);

test("an answer is matched in one line", async () => {
  const gateway = await simulate({ module: await tinyFilter(), upstream: { body: "hello" } });
  const answer = await gateway.request({ path: "/pets" });
  expect(answer).toHaveStatus(200);
  expect(answer).toHaveHeader("x-tiny", "tiny");
  expect(answer).toHaveHeader("x-absent", null);
  expect(answer).toReachUpstream({ method: "GET", path: "/pets" });
  expect(answer).toAnswer({ status: 200, body: /^hel/ });
  expect(answer).not.toBeDecidedBy("policies");
});

test("a failure tells what differs and what happened", async () => {
  const gateway = await simulate({ module: await tinyFilter() });
  const answer = await gateway.request({ path: "/pets" });
  expect(() => expect(answer).toAnswer({ status: 403, headers: { "x-tiny": "big" } })).toThrow(
    /status: expected 403, found 200\nheader x-tiny: expected "big", found "tiny"[^]*upstream: GET \/pets/,
  );
});
