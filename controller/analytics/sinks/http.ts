/** Batches of events as a JSON array, by POST to an HTTP endpoint. */
import { Refused, type Sink } from "./sink.ts";

export interface HttpSinkOptions {
  url: string;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
}

export class HttpSink implements Sink {
  readonly name = "http";

  constructor(private readonly options: HttpSinkOptions) {}

  async send(events: readonly string[]): Promise<void> {
    const { url, headers, timeoutMs } = this.options;
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: `[${events.join(",")}]`,
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    if (answer.ok) return;
    const words = `it answered ${answer.status}`;
    throw isPassing(answer.status) ? new Error(words) : new Refused(words);
  }

  async close(): Promise<void> {}
}

const isPassing = (status: number): boolean =>
  status >= 500 || status === 408 || status === 425 || status === 429;
