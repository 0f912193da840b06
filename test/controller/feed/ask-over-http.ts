/** Asks for the feed as an engine does. */
import type { AskFeed } from "../../../controller/feed/serve.ts";

export const askOverHttp =
  (url: string): AskFeed =>
  async ({ epoch, revision, cursor, waitMs }, signal) => {
    const query = `epoch=${epoch}&revision=${revision}&cursor=${cursor}&wait=${waitMs}`;
    const answer = await fetch(`${url}?${query}`, signal ? { signal } : {});
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
