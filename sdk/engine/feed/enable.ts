/** Called by the entry of a module that needs the feed, at start-up. */
import { prepare } from "../registry";
import { forgetRoot, takeAnswer, tickFeed } from "./bring";
import { setFeed, setSecrets } from "./hook";
import { copyStamp, fill, stamp } from "./secrets";
import { complete, prepareFeed, readStatus } from "./status";

function ready(): bool {
  if (!complete) readStatus();
  return complete;
}

export function enableFeed(): void {
  prepare(prepareFeed);
  setFeed(tickFeed, takeAnswer, forgetRoot);
  setSecrets(fill, stamp, copyStamp, ready);
}
