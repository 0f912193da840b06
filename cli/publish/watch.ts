/**
 * `ap policy publish --watch`: what is saved is served. While it watches, the gateway's module has one's own policies and
 * those that some API uses, built for speed of building; when it ends, everything again, built for speed of running.
 */
import type { Io } from "../io.ts";
import { report } from "../report.ts";
import { changeIn } from "../watch.ts";
import type { GatewayApi } from "../client/api.ts";
import { linked, modulesOf, policiesOf, publish, usedIn, type Publication } from "./publish.ts";
import { standingInFor, wholeOf } from "./stand-in.ts";

/** What the build itself writes into the folders. */
const generated = /^params\.ts$/;

export interface WatchOptions {
  wait: string;
  signal: AbortSignal;
  /** What was published, and how long it took since the save, all in milliseconds. */
  told(done: Publication, took: { built: number; served: number }): void;
}

export async function publishAndWatch(
  api: GatewayApi,
  folders: readonly string[],
  io: Io,
  { wait, signal, told }: WatchOptions,
): Promise<void> {
  const whole = wholeOf(await modulesOf(api));
  let served = false;
  for (let again = true; again;) {
    // What is saved while it builds must not be missed: the watch begins first.
    const changed = changeIn(folders, generated, signal);
    const begun = performance.now();
    try {
      const made = await linked(api, folders, { beside: await usedIn(api), target: "debug" });
      const module = whole ? standingInFor(whole.hash, made) : made;
      const built = Math.round(performance.now() - begun);
      const done = await publish(api, module, wait);
      served = true;
      told(done, { built, served: Math.round(performance.now() - begun) });
    } catch (error) {
      report(error, io);
    }
    again = await changed;
  }
  if (!served) return;
  io.progress("publishing everything again …");
  const module = await linked(api, folders, { beside: policiesOf(whole) });
  const begun = performance.now();
  told(await publish(api, module, wait), {
    built: 0,
    served: Math.round(performance.now() - begun),
  });
}
