import { expect, test } from "vitest";
import { ResourceCache } from "../../../controller/xds/cache.ts";
import { loadProtos } from "../../../controller/xds/protos.ts";
import { serveAds } from "../../../controller/xds/server.ts";

test("a taken xDS port is said in plain words", async () => {
  const protos = loadProtos();
  const cache = new ResourceCache(protos);
  const first = await serveAds({ protos, cache });
  await expect(serveAds({ protos, cache, port: first.port })).rejects.toThrow(
    `port ${first.port} for xDS is taken: is another gateway running?`,
  );
  await first.close();
});
