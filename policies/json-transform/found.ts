import { JsonPath } from "sluice/sdk/std/json/path";
import { JsonText } from "sluice/sdk/std/json/text";
import { JsonValue } from "sluice/sdk/std/json/value";

/** A value that a path found, with the index of the path in its list. */
export class Found {
  constructor(
    readonly value: JsonValue,
    readonly path: i32,
  ) {}
}

/** What the paths name, in the order of the text; of two in each other or the same, the outer and the first. */
export function findAll(text: JsonText, paths: JsonPath[]): Found[] {
  const all: Found[] = [];
  for (let i = 0; i < paths.length; i++) {
    const values = paths[i].all(text, i32.MAX_VALUE);
    for (let j = 0; j < values.length; j++) all.push(new Found(values[j], i));
  }
  if (paths.length > 1) all.sort(byPlace);
  const apart: Found[] = [];
  let end: usize = 0;
  for (let i = 0; i < all.length; i++) {
    if (all[i].value.start < end) continue;
    end = all[i].value.end;
    apart.push(all[i]);
  }
  return apart;
}

function byPlace(a: Found, b: Found): i32 {
  const first = a.value.start;
  const second = b.value.start;
  if (first != second) return first < second ? -1 : 1;
  return a.path - b.path;
}
