import { expect, test } from "vitest";
import { Gathered } from "../../../controller/feed/gathered.ts";
import { FeedTable } from "../../../controller/feed/table.ts";
import { feedId, feedIdText } from "../../../host-sim/feed/words.ts";

const name = (i: number) => ["key", "RestApi/pets", `k${i}`] as const;
const value = (i: number) => `value of ${i} — ${"é".repeat(i % 40)}`;

test("what is gathered is what would be put one by one, and can be changed like it", () => {
  const gathered = new Gathered();
  const single = new FeedTable();
  for (let i = 0; i < 70_000; i++) {
    if (i % 2) gathered.addText(feedIdText(...name(i)), value(i));
    else gathered.add({ id: feedId(...name(i)), value: Buffer.from(value(i)) });
    single.put(feedId(...name(i)), Buffer.from(value(i)));
  }
  const table = new FeedTable();
  table.fill(gathered.inBuckets());
  expect(table.count).toBe(70_000);
  for (let bucket = 0; bucket < 65_536; bucket++)
    expect(table.bucket(bucket).equals(single.bucket(bucket))).toBe(true);

  const at = table.revision;
  table.put(feedId(...name(1)), Buffer.from("longer than it was".repeat(9)));
  table.delete(feedId(...name(2)));
  table.put(feedId(...name(3)), Buffer.from(value(3)));
  expect(table.revision - at).toBe(2);
  expect(table.get(feedId(...name(1)))?.toString()).toBe("longer than it was".repeat(9));
  expect([table.get(feedId(...name(2))), table.count]).toEqual([null, 69_999]);
  for (let i = 3; i < 70_000; i += 997)
    expect(table.get(feedId(...name(i)))?.toString()).toBe(value(i));
});

test("of an id that comes twice the last counts", () => {
  const gathered = new Gathered();
  for (const text of ["first", "another, longer", "last"])
    gathered.addText(feedIdText(...name(1)), text);
  gathered.addText(feedIdText(...name(2)), "other");
  const buckets = gathered.inBuckets();
  expect(buckets.count).toBe(2);
  expect(buckets.get(feedId(...name(1)))?.toString()).toBe("last");
});

test("a value that no record can have is refused", () => {
  expect(() => new Gathered().addText(feedIdText(...name(1)), "x".repeat(65_535))).toThrow(
    "a feed record may have 65,534 bytes, found 65535",
  );
});
