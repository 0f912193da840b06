/** `npm run bench:gateway [part…]`: what a gateway takes and how fast it follows changes; every part unless some are named. */
import { large } from "./large.ts";
import { latency } from "./latency.ts";
import { storm } from "./storm.ts";
import { price } from "./price.ts";
import { small } from "./small.ts";

const parts: Readonly<Record<string, () => Promise<void>>> = {
  small,
  large,
  latency,
  price,
  storm,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !parts[name]);
if (unknown.length > 0)
  throw new Error(`expected ${Object.keys(parts).join(", ")}; found ${unknown.join(", ")}`);
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  await run();
}
