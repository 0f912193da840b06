/** The lines of a stream of bytes, without waiting for anybody: the writer at the other end is Envoy. */
import type { Readable } from "node:stream";

/** A line that is longer is no line of Envoy's, whose headers are bounded: it is cut. */
const longest = 1 << 20;

export function eachLine(stream: Readable, line: (text: string) => void): void {
  let begun: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer) => {
    if (bytes < longest) begun.push(part);
    bytes += part.length;
  };
  stream.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      if (bytes === 0) line(chunk.toString("utf8", start, end));
      else {
        add(chunk.subarray(start, end));
        line(Buffer.concat(begun).toString("utf8"));
        begun = [];
        bytes = 0;
      }
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  });
  stream.on("end", () => {
    if (bytes > 0) line(Buffer.concat(begun).toString("utf8"));
  });
}
