import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bootstrap } from "../../../controller/agent/bootstrap.ts";
import { startEnvoy } from "../../../controller/agent/envoy.ts";
import { findEnvoy } from "../../../controller/agent/find.ts";

test.skipIf(process.platform !== "linux")(
  "Envoy gets none of the secrets that stand in the environment of who starts it",
  async () => {
    process.env["ADA_PASSWORD"] = "a-password-for-ada";
    const envoy = await startEnvoy({
      path: (await findEnvoy()).path,
      bootstrap: bootstrap({ nodeId: "n", controllers: [{ host: "127.0.0.1", port: 9 }] }),
    });
    const names = readFileSync(`/proc/${envoy.pid}/environ`, "utf8").split("\0");
    expect(names.some((entry) => entry.startsWith("PATH="))).toBe(true);
    expect(names.filter((entry) => entry.startsWith("ADA_PASSWORD"))).toEqual([]);
    await envoy.stop();
    delete process.env["ADA_PASSWORD"];
  },
);
