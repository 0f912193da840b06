/** Makes a scenario that differs as small as it can be while it still differs. */
import type { Scenario } from "./scenario.ts";

/** Every scenario that is one step smaller. */
function* smaller(one: Scenario): Generator<Scenario> {
  for (const [slot, script] of Object.entries(one.scripts)) {
    const { [slot]: _, ...others } = one.scripts;
    if (script.length) yield { ...one, scripts: { ...others, [slot]: [] } };
    for (let i = 0; i < script.length && script.length > 1; i++)
      yield { ...one, scripts: { ...one.scripts, [slot]: script.toSpliced(i, 1) } };
  }
  if (one.headers.length) yield { ...one, headers: [] };
  for (let i = 0; i < one.headers.length && one.headers.length > 1; i++)
    yield { ...one, headers: one.headers.toSpliced(i, 1) };
  const { trailers, breaksOff, ...whole } = one;
  if (trailers) yield { ...whole, ...(breaksOff && { breaksOff }) };
  if (breaksOff) yield { ...whole, ...(trailers && { trailers }) };
  const { body, pieceDelayMs: _, ...rest } = whole;
  if (body !== undefined && !trailers && !breaksOff) {
    yield rest;
    if (body !== "x") yield { ...rest, body: "x" };
  }
  if (Array.isArray(body) && body.length > 1 && !breaksOff) yield { ...one, body: body.slice(1) };
  const { hangUp, ...answered } = one;
  if (hangUp) yield answered;
  const { upstream } = one;
  if (upstream.headers.length) yield { ...one, upstream: { ...upstream, headers: [] } };
  if (upstream.breaks)
    yield { ...one, upstream: { status: 200, headers: upstream.headers, body: upstream.body } };
  if (upstream.body !== "") yield { ...one, upstream: { ...upstream, body: "" } };
  if (upstream.status !== 200) yield { ...one, upstream: { ...upstream, status: 200 } };
  if (one.path) yield { ...one, path: "" };
  if (one.method !== "GET" && body === undefined) yield { ...one, method: "GET" };
}

export async function shrink(
  scenario: Scenario,
  differs: (scenario: Scenario) => Promise<boolean>,
): Promise<Scenario> {
  let best = scenario;
  for (let tries = 0; tries < 200;) {
    let found = false;
    for (const candidate of smaller(best)) {
      if (++tries > 200) break;
      if (!(await differs(candidate))) continue;
      best = candidate;
      found = true;
      break;
    }
    if (!found) return best;
  }
  return best;
}
