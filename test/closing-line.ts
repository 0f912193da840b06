/** The last line of a test run, the same wherever it is read: `N passed, N failed, N skipped`. */
import type { TestModule } from "vitest/node";

export default class ClosingLine {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    for (const module of modules) {
      let tests = 0;
      for (const one of module.children.allTests()) {
        tests++;
        const { state } = one.result();
        if (state === "passed") passed++;
        else if (state === "skipped") skipped++;
        else failed++;
      }
      // A file that could not be loaded has no tests, and has failed all the same.
      if (tests === 0 || (module.state() === "failed" && module.errors().length > 0)) failed++;
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
