/** Strict mode: what Envoy swallows without a word fails the test that did it, and says what it was. */
import { beforeAll, describe, expect, test } from "vitest";
import { simulate, type Setup } from "../../host-sim/index.ts";
import { probeFilter } from "./fixtures/probe.ts";

let module: Uint8Array;
beforeAll(async () => {
  module = await probeFilter();
});

const call = ":method=GET,:path=/,:authority=x";

/** What strict mode says of a script; empty if it has nothing to say. */
async function told(script: string, more: Partial<Setup> = {}): Promise<string> {
  const gateway = await simulate({
    ...{ module, name: "probe", strict: true, configuration: script, clusters: { up: {} } },
    ...more,
  });
  const answer = gateway.request({
    ...{ method: "POST", path: "/", body: "hello" },
    headers: [...["a", "b"].map((value): [string, string] => ["x-twice", value])],
  });
  const said = await answer.then(
    () => "",
    (error: Error) => error.message.replace("strict: Envoy swallows this in silence: ", ""),
  );
  await gateway.close();
  return said;
}

describe("strict mode reports", () => {
  test.each([
    ["log close 0", "close_stream of probe after the stream's end, which can end the whole Envoy"],
    ["done close 1", "close_stream of probe after the stream's end, which can end the whole Envoy"],
    ["log reply 403|x|no|", "send_local_response of probe after the stream's end, which can end"],
    ["log cont 0", "continue_stream of probe after the stream's end"],
    ["rqh cont 2", "continue_stream of a connection, which an HTTP filter has none of"],
    ["rqh close 3", "close_stream of a connection, which an HTTP filter has none of"],
    ["rsh rep 0|a|b", "a change of RequestHeaders outside its phase"],
    ["rqh pairs 2", "a read of ResponseHeaders outside its phase, where there are no pairs"],
    ["rqh buf 0|0|9", "a use of RequestBody outside its phase, where it is empty"],
    ["rqh sbuf 0|0|0|x", "a change of RequestBody that goes nowhere"],
    ["rqb sbuf 0|2|1|x", "an edit in the middle of a body"],
    ["rqb sbuf 0|0|5|longer", "a request body of 12 bytes with content-length 5"],
    ["rsb sbuf 1|0|2|longer", "an answer is cut: the body is longer than its content-length, 2"],
    ["rqh get 0|x-twice", "a read of x-twice, which has 2 values: it gives the first"],
    ["rqh setpairs 0|BAD", "set_header_map_pairs with a malformed block, which removes every"],
    ["rqh reply 403|x|no|BAD", "send_local_response with a malformed block of headers"],
    [
      "rqh reply 403|x|no|date=now,x-a=1,connection=close",
      "send_local_response with date, connection, which the host sets by itself",
    ],
    ["rqh reply 403|a|b|\nrqh reply 404|c|d|", "a second local reply in one callback, with 404"],
    ["rsb reply 403|a|b|", "a local reply after the answer's headers, which cuts it"],
    ["tick reply 403|a|b|\ncfg tick 5\nrqh call up|@||500\nrqh ret 1", "outside a stream"],
    ["rqh eff 4711", "set_effective_context of 4711, which is gone"],
    ["rqh ret 2", "the answer 2 of probe, taken for a continue that ends no stream"],
    ["rqh ret 9", "the answer 9 of probe, taken for a stop of body and trailers too"],
    ["rqb ret 9", "the answer 9 of probe, taken for a stop without a buffer"],
    ["rqh call nope|@||5", 'a call to the cluster "nope", which does not exist'],
    ["rqh call up|:method=GET||5", "a call to up without :method, :path and :authority"],
    ["rqh call up|@||4294967295", "a call to up with a timeout of 4294967295 ms, which is too"],
    ["rqh gcall nope|s|m|x", 'a gRPC call to the cluster "nope", which does not exist'],
    ["rqh met 0|c\nrqh inc 4|-1", "an increment by -1 of the counter wasmcustom.c"],
    ["rqh met 0|c\nrqh rec 4|7", "record_metric of the counter wasmcustom.c, which adds to it"],
  ])("%s", async (script, words) => {
    const slow = { upstream: { body: "up", delayMs: 20 }, clusters: { up: { delayMs: 20 } } };
    const held = script.includes("ret") && !script.includes("ret 2");
    const ending = held ? "\ncall eff mine\ncall cont 0" : "";
    const more = held ? `\nrqh call up|${call}||500` : "";
    const said = await told(`${script.replace("@", call)}${more}${ending}`, slow);
    expect(said).toContain(words);
  });

  test("a pause of the headers alone, where that is not allowed", async () => {
    const script = `rqh call up|${call}||500\nrqh ret 1\ncall eff mine\ncall cont 0`;
    expect(await told(script)).toBe("");
    expect(await told(script, { headersStopIteration: false })).toContain(
      "the answer 1 of probe, taken for a stop of body and trailers too",
    );
  });

  test("all of a request at once, and nothing of one that does nothing wrong", async () => {
    expect(await told(`rsh rep 0|a|b\nrqh call nope|${call}||5`)).toBe(
      'a call to the cluster "nope", which does not exist; a change of RequestHeaders outside its phase',
    );
    const right = `rqh get 0|:path\nrqh add 0|x-a|1\nrqb buf 0|0|9\nrsh pairs 2\nrsb buf 1|0|9
rqh call up|${call}||500\nrqh met 0|c\nrqh inc 4|2\nlog get 0|:path\nlog get 2|:status`;
    expect(await told(right)).toBe("");
  });
});
