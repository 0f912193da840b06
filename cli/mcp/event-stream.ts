/** The data of server-sent events, one message at a time, as they come. */

export type Readable = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** Ends when the stream does; a last event without its empty line counts for nothing, as the standard has it. */
export async function* events(chunks: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the end may be half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield data.join("\n");
        data = [];
      } else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
  }
}
