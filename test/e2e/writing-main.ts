/**
 * Writes states without end, as an agent under a storm of changes does; arguments: the folder, and the turn that is told.
 * Ends by being killed. Each state's chains refer to a secret of their own, which comes after them.
 */
import { Journal } from "../../controller/agent/state/journal.ts";
import { Keeper } from "../../controller/agent/state/keeper.ts";
import { KeptFeed } from "../../controller/agent/state/kept-feed.ts";
import { KeptResources } from "../../controller/agent/state/kept-resources.ts";
import { Seal } from "../../controller/agent/state/seal.ts";
import { serveFeed } from "../../controller/feed/serve.ts";
import { FeedTable } from "../../controller/feed/table.ts";
import { feedStart, takeAnswer } from "../../controller/feed/take.ts";
import { reference } from "../../controller/model/references.ts";
import { ResourceCache, versionOf } from "../../controller/xds/cache.ts";
import { FEED_BUCKETS, feedId } from "../../host-sim/feed/words.ts";

const [folder, told] = process.argv.slice(2);
const seal = await Seal.at(`${folder}/key`);
const fail = (line: string): never => {
  throw new Error(line);
};
const cache = new ResourceCache(null);
const kept = new KeptResources(new Journal(`${folder}/resources`, seal), cache, fail);
await kept.restore();
const table = new FeedTable();
const keptFeed = new KeptFeed(new Journal(`${folder}/feed`, seal), table, fail);
await keptFeed.restore();
// Controllers keep a secret for a while after its last use.
const source = new FeedTable();
for (let bucket = 0; bucket < FEED_BUCKETS; bucket++)
  source.replaceBucket(bucket, table.bucket(bucket));
source.markWhole();
const keeper = new Keeper({ cache, resources: kept, feed: keptFeed, log: fail });
const ask = keptFeed.remembering(serveFeed(source));
let position = feedStart;
/** A state is complete when all of its resources and records say the same; pieces are large, and several change at a time. */
for (let turn = 0; ; turn++) {
  if (turn === Number(told)) console.log("{}");
  const secret = `${turn} ${process.pid}`;
  const bytes = Buffer.alloc(40_000 + (turn % 7) * 1_000, `turn ${reference(secret)} `);
  const resource = { bytes, version: versionOf(bytes) };
  cache.take(Array.from({ length: 5 }, (_, i) => ({ kind: "route", name: `r${i}`, resource })));
  const keeping = keeper.keep();
  for (let i = 0; i < 5; i++) source.put(feedId("secret", `s${i}`), bytes);
  source.put(feedId("secret", secret), Buffer.from("value"));
  position = takeAnswer(table, position, await ask({ ...position, waitMs: 0 }));
  table.markWhole();
  keptFeed.took(position);
  await Promise.all([keeping, keptFeed.settled()]);
}
