/** So many requests a second until it is stopped, sent every millisecond; what could not be sent then is sent later. */
import { Loader, type LoaderOptions } from "./loader.ts";

export interface SteadyLoad {
  /** After the last answer. */
  stop(): Promise<Pick<Loader, "sent" | "failures" | "latenciesMs">>;
}

export function steadyLoad({
  perSecond,
  ...options
}: LoaderOptions & { perSecond: number }): SteadyLoad {
  const loader = new Loader(options);
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
    while (loader.sent < due && loader.send());
  }, 1);
  return {
    stop: async () => {
      clearInterval(timer);
      while (loader.open > 0) await new Promise((resolve) => setImmediate(resolve));
      loader.close();
      return loader;
    },
  };
}
