import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { eachLine } from "../../../controller/observe/lines.ts";

async function linesOf(...chunks: Buffer[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once("end", resolve));
  return lines;
}

test("lines are whole, wherever the stream was cut", async () => {
  const text = Buffer.from('{"a":"üñ"}\n\nsecond\nlast');
  for (let cut = 0; cut <= text.length; cut++)
    expect(await linesOf(text.subarray(0, cut), text.subarray(cut))).toEqual([
      ...['{"a":"üñ"}', "", "second", "last"],
    ]);
});

test("a line without an end takes no more than its bound", async () => {
  const piece = Buffer.alloc(1 << 19, "x");
  const [long, next] = await linesOf(
    ...Array.from({ length: 8 }, () => piece),
    Buffer.from("\nnext\n"),
  );
  expect(long!.length).toBeLessThanOrEqual(3 << 19);
  expect(next).toBe("next");
});
