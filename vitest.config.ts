import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    setupFiles: ["./test/seeds.ts"],
    reporters: ["default", "./test/closing-line.ts"],
  },
});
