import fc from "fast-check";
import { expect, test } from "vitest";
import { Rooms } from "../../../controller/feed/rooms.ts";

test("pieces keep what they have, whatever the others do", () => {
  const step = fc.record({ index: fc.nat(9), size: fc.nat(700_000), letter: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const rooms = new Rooms(10);
      const model = Array.from({ length: 10 }, () => Buffer.alloc(0));
      for (const { index, size, letter } of steps) {
        const kept = model[index]!.subarray(0, size);
        rooms.resize(index, size);
        rooms.in(index).fill(letter, kept.length);
        model[index] = Buffer.concat([kept, Buffer.alloc(size - kept.length, letter)]);
        for (let i = 0; i < 10; i++) expect(rooms.in(i).equals(model[i]!)).toBe(true);
      }
    }),
    { numRuns: 30, seed: 7 },
  );
});

test("what comes and goes without end takes no more memory than what is there", () => {
  const rooms = new Rooms(100);
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < 100; i++) rooms.resize(i, 10_000 + ((round * i) % 7) * 4_000);
    for (let i = 0; i < 100; i++) rooms.resize(i, 0);
  }
  for (let i = 0; i < 100; i++) rooms.resize(i, 10_000);
  // One megabyte is there; 200 rounds brought two to three each. A page has four.
  expect(rooms.bytes).toBeLessThanOrEqual(2 * 4 * 1_048_576);
});
