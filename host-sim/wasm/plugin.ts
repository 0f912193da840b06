/** One use of a module as a filter: what Envoy's `PluginConfig` says. */
export interface Plugin {
  name: string;
  rootId: string;
  configuration: string;
  /** Two plugins with equal keys on one VM share their root context. */
  key: string;
  failurePolicy: FailurePolicy;
  /** Pausing at the headers lets the body come in; without it Envoy turns the pause into one of everything. */
  headersStopIteration: boolean;
  reload: { baseMs: number; maxMs: number };
}

export type FailurePolicy = "reload" | "closed" | "open";

export const pluginKey = (plugin: Omit<Plugin, "key">): string =>
  [plugin.name, plugin.rootId, plugin.configuration, plugin.failurePolicy].join("\0");
