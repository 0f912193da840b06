/**
 * `ap dev`: a gateway on the simulator. Serves the API files over real HTTP with the policies of the
 * shelf and the folders given, rebuilds and swaps when a file changes, and shows each request's way.
 */
import { basename } from "node:path";
import { asCase, describeWay, serve, type RequestWay } from "../../host-sim/index.ts";
import { reason } from "../../controller/errors.ts";
import { build } from "../build/index.ts";
import type { Io } from "../io.ts";
import { shelfFolders } from "../run/shelf.ts";
import { aborted } from "../signal.ts";
import { apiFiles, routesOf } from "./routes.ts";
import { watchPaths } from "./watch.ts";

export interface DevOptions {
  port: string;
  policies?: string[];
  quiet?: boolean;
}

/** Optimised less, which halves the time to build, and telling which policy runs. */
const quick = { target: "debug", traced: true } as const;

const source = ({ wasm, map }: { wasm: Uint8Array; map: string }) => ({ bytes: wasm, map });

/** Serves until `signal` is aborted, or `q` is pressed. */
export async function runDev(
  paths: readonly string[],
  options: DevOptions,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const own = options.policies ?? [];
  const files = await apiFiles(paths);
  const folders = [...(await shelfFolders()), ...own];
  const usedFolders = (routes: Awaited<ReturnType<typeof routesOf>>): string[] => {
    const names = new Set(
      routes.flatMap((route) => route.chain?.policies.map((one) => one.name) ?? []),
    );
    const used = folders.filter((folder) => names.has(basename(folder)));
    return used.length ? used : folders.slice(0, 1);
  };
  let routes = await routesOf(files);
  let built = await build(usedFolders(routes), quick);
  let last: RequestWay | undefined;
  const dev = await serve({
    module: source(built),
    routes,
    rootId: "sluice.gateway",
    port: Number(options.port),
    onRequest: (way) => {
      last = way;
      if (!options.quiet) for (const line of describeWay(way)) io.line(line);
    },
  });
  let rebuilding = Promise.resolve();
  const rebuild = async (changed: readonly string[]): Promise<void> => {
    const start = performance.now();
    try {
      const next = await routesOf(files);
      const same = usedFolders(next).join("\n") === usedFolders(routes).join("\n");
      // Only policies need the compiler: an API file is served in the time that it takes to read it.
      const compile = !same || changed.some((path) => own.includes(path));
      const module = compile ? await build(usedFolders(next), quick) : built;
      if (Buffer.compare(module.wasm, built.wasm) !== 0) await dev.swap(source(module));
      dev.setRoutes(next);
      routes = next;
      built = module;
      io.line(`served again after ${Math.round(performance.now() - start)} ms`);
    } catch (error) {
      io.err(`${reason(error)}\nstill serving what was there\n`);
    }
  };
  const watcher = await watchPaths([...files, ...own], (changed) => {
    rebuilding = rebuilding.then(() => rebuild(changed));
  });
  // Only now, for what is saved from here on is seen.
  io.line(
    `http://localhost:${dev.port}  ${routes.length} routes, ${built.policies.length} policies, on the simulator`,
  );
  if (process.stdin.isTTY) io.line("c: the last request as a case, q: quit");

  await new Promise<void>((resolve) => {
    void aborted(signal).then(resolve);
    if (!process.stdin.isTTY) return;
    process.stdin.setRawMode(true);
    process.stdin.on("data", (key: Buffer) => {
      const text = key.toString();
      if (text === "q" || text === "\u0003") resolve();
      if (text === "c") io.line(last ? String(asCase(last)) : "no request yet");
    });
  });
  watcher.close();
  await rebuilding;
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdin.pause();
  await dev.close();
}
