/** For `std.bench.ts`, which is no test: it holds nothing, it measures. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/bench/std.bench.ts"], testTimeout: 300_000, hookTimeout: 120_000 },
});
