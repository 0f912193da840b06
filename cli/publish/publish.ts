/**
 * Publishing: a gateway serves one module with all of its policies, so a policy of one's own is linked with those that
 * it has already, and the new module takes the place of the old one without a request being lost.
 */
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { shelfFolders } from "../run/shelf.ts";
import { CommandError, Exit } from "../errors.ts";
import { readDefinition } from "../build/definition.ts";
import { build } from "../build/index.ts";
import type { GatewayApi } from "../client/api.ts";
import { wholeOf, type ServedModule } from "./stand-in.ts";

export interface PublishedModule extends ServedModule {
  uploadedAt: string;
}

export interface Publication {
  hash: string;
  served: boolean;
  gateways: { id: string; state: string; reason?: string }[];
}

export async function modulesOf(api: GatewayApi): Promise<PublishedModule[]> {
  const { body } = await api.send("GET", "/modules");
  return body["modules"] as PublishedModule[];
}

export interface Linking {
  /** The policies that stay beside one's own; all that the gateway has unless given. Fewer build faster. */
  beside?: readonly string[];
  target?: "debug";
}

/** The module with these policies in place of those of the same name. */
export async function linked(
  api: GatewayApi,
  inputs: readonly string[],
  { beside, target }: Linking = {},
): Promise<Uint8Array> {
  const [only] = inputs;
  if (inputs.length === 1 && only!.endsWith(".wasm")) return new Uint8Array(await readFile(only!));
  const own = new Map<string, string>();
  for (const folder of inputs) {
    if (!(await stat(folder).catch(() => null))?.isDirectory())
      throw new CommandError(
        "AP-NO-FILE",
        `${folder}: expected a policy's folder or a .wasm file`,
        Exit.NotFound,
      );
    own.set((await readDefinition(folder)).name, folder);
  }
  const shelf = new Map((await shelfFolders()).map((folder) => [basename(folder), folder]));
  const serving = beside ?? policiesOf(wholeOf(await modulesOf(api)));
  const folders = new Map(own);
  for (const name of serving) {
    const folder = own.get(name) ?? shelf.get(name);
    if (!folder)
      throw new CommandError(
        "AP-NO-SOURCE",
        `the gateway serves the policy '${name}', whose folder is not here`,
        Exit.Failed,
        `name its folder too: ap policy publish ${inputs.join(" ")} <folder of ${name}>`,
      );
    folders.set(name, folder);
  }
  const { wasm } = await build(
    [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, folder]) => folder),
    { ...(target && { target }) },
  );
  return wasm;
}

export const policiesOf = (module: ServedModule | null): string[] =>
  (module?.policies ?? []).map(({ name }) => name);

/** Those that some API uses. */
export async function usedIn(api: GatewayApi): Promise<string[]> {
  const { body } = await api.send("GET", "/policies", { query: { used: "true" } });
  return (body["policies"] as { name: string }[]).map(({ name }) => name);
}

/** Uploads, lets it serve, and waits until every connected gateway does. */
export async function publish(
  api: GatewayApi,
  module: Uint8Array,
  wait: string,
): Promise<Publication> {
  return publication(
    await api.send("POST", "/modules", {
      bytes: new Uint8Array(module),
      query: { assign: "true", wait },
      headers: { "content-type": "application/wasm" },
    }),
  );
}

/** To the module that is named, to the whole one that a stand-in has left, or to the one before. */
export async function rollBack(
  api: GatewayApi,
  wait: string,
  named?: string,
): Promise<Publication> {
  const modules = named === undefined ? await modulesOf(api) : [];
  const hash = named ?? modules.find(({ serving }) => serving)?.standsInFor;
  const path =
    hash === undefined ? "/modules/rollback" : `/modules/${encodeURIComponent(hash)}/assign`;
  return publication(await api.send("POST", path, { query: { wait } }));
}

const publication = ({
  status,
  body,
}: {
  status: number;
  body: Record<string, unknown>;
}): Publication => ({
  hash: String(body["hash"]),
  served: status !== 202,
  gateways: (body["gateways"] ?? []) as Publication["gateways"],
});
