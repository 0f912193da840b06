/** Random requests behind each other, and what has become of them when one byte is another. */
import { createServer } from "node:http";
import { Duplex } from "node:stream";
import fc from "fast-check";

/** What a server has read of one. */
export interface ReadRequest {
  method: string;
  path: string;
  body: string;
}

export interface Pipeline {
  requests: ReadRequest[];
  text: string;
}

/** The last one asks for the end of the connection, so that everything that was sent is over some time. */
const last = "GET /a/end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

const letter = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code));
const value = fc.string({
  unit: fc.oneof(letter(33, 126), fc.constantFrom(" ", "\t")),
  maxLength: 40,
});
const content = fc.string({
  unit: fc.oneof(letter(0, 255), fc.constantFrom("\r", "\n", " ")),
  maxLength: 60,
});

const fields = fc
  .array(fc.tuple(fc.stringMatching(/^X-[A-Za-z0-9]{1,12}$/), value), { maxLength: 4 })
  .map((all) => all.map(([name, text]) => `${name}: ${text}\r\n`).join(""));

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

const body = fc.oneof(
  fc.constant({ framing: "", sent: "", body: "" }),
  content.map((text) => ({
    framing: `Content-Length: ${text.length}\r\n`,
    sent: text,
    body: text,
  })),
  fc.tuple(fc.array(content, { maxLength: 3 }), fields).map(([parts, trailers]) => ({
    framing: "Transfer-Encoding: chunked\r\n",
    sent: `${parts.filter(Boolean).map(chunk).join("")}0\r\n${trailers}\r\n`,
    body: parts.join(""),
  })),
);

const request = fc
  .tuple(fc.stringMatching(/^\/a\/[a-z0-9]{1,20}$/), fields, body, fc.constantFrom("", "", "\r\n"))
  .map(([path, own, { framing, sent, body }, before]) => {
    const method = framing ? "POST" : "GET";
    const text = `${before}${method} ${path} HTTP/1.1\r\nHost: a\r\n${own}${framing}\r\n${sent}`;
    return { text, read: { method, path, body } };
  });

export const pipeline: fc.Arbitrary<Pipeline> = fc
  .array(request, { minLength: 1, maxLength: 4 })
  .map((all) => ({
    requests: [...all.map(({ read }) => read), { method: "GET", path: "/a/end", body: "" }],
    text: all.map(({ text }) => text).join("") + last,
  }));

/** Where a text parts, for pieces that are sent one by one. */
export const pieces = (text: string): fc.Arbitrary<string[]> =>
  fc.array(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 3 }).map((parts) => {
    const at = [0, ...new Set(parts), text.length].sort((a, b) => a - b);
    return at.slice(1).map((end, i) => text.slice(at[i], end));
  });

/** One byte that ends lines or parts words is put in, taken away, or stands for another. */
export const mutation: fc.Arbitrary<string> = fc
  .tuple(
    pipeline,
    fc.nat(),
    fc.constantFrom("\n", "\r", "\r\n", " ", "\t", "\r\n ", ""),
    fc.constantFrom(0, 0, 1),
  )
  .map(([{ text }, place, put, taken]) => {
    const at = place % (text.length - last.length);
    return text.slice(0, at) + put + text.slice(at + (put ? taken : 1));
  });

/** What another parser, Node's own, reads of the bytes before it refuses or they end. */
export async function readByNode(text: string): Promise<ReadRequest[]> {
  const read: ReadRequest[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("error", () => {});
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("latin1");
      read.push({ method: request.method!, path: request.url!, body });
      response.end();
    });
  });
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  // What came before is still to be told.
  server.on("clientError", () => {});
  server.emit("connection", socket);
  socket.push(Buffer.from(text, "latin1"));
  // Nothing of it waits for anything outside of this process.
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  return read;
}
