/** What the strict reader makes of bytes, in the simulator and in a gateway. */

export interface LineCase {
  name: string;
  /** The bytes; before the `¦` is what passes, and none passes behind it. */
  text: string;
  /** What the gateway answers. */
  answers: number[];
}

export const get = (path = "/a/x", ...lines: string[]): string =>
  [`GET ${path} HTTP/1.1`, "Host: a", ...lines, "", ""].join("\r\n");

export const post = (body: string, ...lines: string[]): string =>
  ["POST /a/x HTTP/1.1", "Host: a", ...lines, "", body].join("\r\n");

const sized = (body: string): string => post(body, `Content-Length: ${body.length}`);
const chunked = (body: string): string => post(body, "Transfer-Encoding: chunked");
const chunks = "5\r\nhello\r\n1 ; a=b\r\n!\r\n0\r\n\r\n";

/** Bytes of a body that would be refused in its headers. */
const wild = "\n\r \n folded\rGET / HTTP/1.1\nHost: b\n\nend";

export const accepted: LineCase[] = [
  ["a request", get(), 1],
  ["requests behind each other", get() + get() + get(), 3],
  ["empty lines before and between requests", `\r\n\r\n${get()}\r\n${get()}`, 2],
  ["an empty header", get("/a/x", "X-A:"), 1],
  ["a header longer than what is kept of one", get("/a/x", `X-A: ${"b".repeat(500)}`), 1],
  ["a long path", get(`/a/${"x".repeat(1_000)}`), 1],
  ["blanks within and behind a value", get("/a/x", "X-A: \tb c\t "), 1],
  ["an empty body with a length", sized("") + get(), 2],
  ["a body with a length", sized(wild) + get(), 2],
  ["a length with blanks and zeros", post("hello", "content-LENGTH: \t005 ") + get(), 2],
  ["a body in chunks", chunked(chunks) + get(), 2],
  [
    "a chunk with wild bytes",
    chunked(`${wild.length.toString(16)}\r\n${wild}\r\n0\r\n\r\n`) + get(),
    2,
  ],
  ["a size in capital letters", chunked(`000A\r\n${"x".repeat(10)}\r\n0\r\n\r\n`) + get(), 2],
  ["chunks with trailers", chunked("5\r\nhello\r\n0\r\nX-A: b\r\nX-B: c\r\n\r\n") + get(), 2],
  ["a name that begins as one that counts", get("/a/x", "Content-Length-Of: 7", "Upgrades: x"), 1],
].map(([name, text, count]) => ({
  name: name as string,
  text: text as string,
  answers: Array<number>(count as number).fill(200),
}));

const bad: [name: string, text: string][] = [
  ["LF as every line end", "GET /a/x HTTP/1.1¦\nHost: a\n\n"],
  ["LF behind a header", "GET /a/x HTTP/1.1\r\nHost: a¦\nX-B: c\r\n\r\n"],
  ["LF as the empty line", "GET /a/x HTTP/1.1\r\nHost: a\r\n¦\n"],
  ["LF before the request line", `¦\n${get()}`],
  ["CR before the request line", `\r¦${get()}`],
  ["CR in the request line", "GET /a/x\r¦ HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["CR in a header", "GET /a/x HTTP/1.1\r\nHost: a\r\nX-A: b\r¦X-C: d\r\n\r\n"],
  ["a tab in the request line", "GET¦\t/a/x HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a form feed in the request line", "GET /a/x¦\f HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["two spaces in the request line", "GET  /a/x HTTP/1.1\r¦\nHost: a\r\n\r\n"],
  ["a space in the path", "GET /a/x y HTTP/1.1\r¦\nHost: a\r\n\r\n"],
  ["a space behind the request line", "GET /a/x HTTP/1.1 \r¦\nHost: a\r\n\r\n"],
  ["two CR before LF", "GET /a/x HTTP/1.1\r\nHost: a\r¦\r\n\r\n"],
  ["CR at the end of the headers", `GET /a/x HTTP/1.1\r\nHost: a\r\n\r¦${get()}`],
  ["a header folded with a space", "GET /a/x HTTP/1.1\r\nHost: a\r\nX-A: b\r\n¦ folded\r\n\r\n"],
  ["a header folded with a tab", "GET /a/x HTTP/1.1\r\nHost: a\r\nX-A: b\r\n¦\tfolded\r\n\r\n"],
  [
    "a fold that looks like a header",
    "GET /a/x HTTP/1.1\r\nHost: a\r\nX-A: b\r\n¦ Transfer-Encoding: chunked\r\n\r\n",
  ],
  ["a blank behind the request line", "GET /a/x HTTP/1.1\r\n¦ Host: a\r\n\r\n"],
  ["an empty fold", "GET /a/x HTTP/1.1\r\nHost: a\r\n¦ \r\n\r\n"],
  ["LF behind a chunk's size", chunked("5¦\nhello\r\n0\r\n\r\n")],
  ["LF behind a chunk's extension", chunked("5;a=b¦\nhello\r\n0\r\n\r\n")],
  ["CR in a chunk's extension", chunked("5;a=\r¦b\r\nhello\r\n0\r\n\r\n")],
  ["LF behind a chunk", chunked("5\r\nhello¦\n0\r\n\r\n")],
  ["CR behind a chunk", chunked("5\r\nhello\r¦0\r\n\r\n")],
  ["a chunk longer than its size", chunked("5\r\nhello¦, world\r\n0\r\n\r\n")],
  ["a chunk's size that is none", chunked("zz\r¦\n\r\n")],
  ["a chunk's size like a language's", chunked("0x5\r¦\nhello\r\n0\r\n\r\n")],
  ["a chunk's size with a sign", chunked("+5\r¦\nhello\r\n0\r\n\r\n")],
  ["a chunk's size that is empty", chunked(";a=b\r¦\nhello\r\n0\r\n\r\n")],
  ["a chunk's size before a blank", chunked("5 \r¦\nhello\r\n0\r\n\r\n")],
  ["a chunk's size behind a blank", chunked(" 5\r¦\nhello\r\n0\r\n\r\n")],
  ["a chunk's size without end", chunked(`${"f".repeat(16)}\r¦\nhello\r\n0\r\n\r\n`)],
  ["LF behind the last chunk", chunked("0¦\n\r\n")],
  ["LF in place of trailers", chunked("0\r\n¦\n")],
  ["LF behind a trailer", chunked("0\r\nX-A: b¦\n\r\n")],
  ["CR in a trailer", chunked("0\r\nX-A: b\r¦c\r\n\r\n")],
  ["a folded trailer", chunked("0\r\nX-A: b\r\n¦ c\r\n\r\n")],
];

/** Where a request ends is in doubt: it does not get to its last line end. */
const doubtful: [name: string, ...lines: string[]][] = [
  ["two lengths", "Content-Length: 5", "Content-Length: 6"],
  ["a length twice", "Content-Length: 5", "Content-Length: 5"],
  ["a list of lengths", "Content-Length: 5, 5"],
  ["no length", "Content-Length: "],
  ["a length with a sign", "Content-Length: +5"],
  ["a length in another base", "Content-Length: 0x5"],
  ["a length without end", "Content-Length: 9999999999999999999"],
  ["a length far behind its name", `Content-Length: ${" ".repeat(300)}5`],
  ["a length beside chunks", "Content-Length: 5", "Transfer-Encoding: chunked"],
  ["chunks beside a length", "Transfer-Encoding: chunked", "Content-Length: 5"],
  ["chunks twice", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
  ["a second coding", "Transfer-Encoding: gzip, chunked"],
  ["another coding", "Transfer-Encoding: identity"],
  ["no coding", "Transfer-Encoding: "],
];

export const refused: LineCase[] = [
  ...bad,
  ...doubtful.map(([name, ...lines]): [string, string] => [
    name,
    post(`hello${get()}`, ...lines).replace("\r\n\r\n", "\r\n\r¦\n"),
  ]),
].flatMap(([name, text]) => [
  { name, text, answers: [400] },
  {
    name: `${name}, behind others`,
    text: get() + chunked(chunks) + text,
    answers: [200, 200, 400],
  },
]);

/** What the client sends. */
export const bytesOf = ({ text }: LineCase): string => text.replace("¦", "");

/** What Envoy is given in place of the rest. */
const refusal = "\r\0\r\n\r\n";

/** What Envoy is given. */
export function given({ text }: LineCase): string {
  const [passed, rest] = text.split("¦");
  return rest === undefined ? passed! : passed! + refusal;
}
