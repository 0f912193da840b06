/** Outcomes as the XML that CI servers read. */
import type { PolicyOutcome } from "./play-all.ts";

export function junit(outcomes: readonly PolicyOutcome[]): string {
  const suites = new Map<string, PolicyOutcome[]>();
  for (const one of outcomes) {
    const key = `${one.policy} (${one.runner})`;
    suites.set(key, [...(suites.get(key) ?? []), one]);
  }
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"];
  for (const [name, all] of suites) {
    const count = (result: string): number => all.filter((one) => one.result === result).length;
    lines.push(
      `  <testsuite name="${escape(name)}" tests="${all.length}" failures="${count("failed")}" skipped="${count("skipped")}">`,
    );
    for (const one of all) {
      const text = escape(one.lines.join("\n"));
      const inner =
        one.result === "failed"
          ? `<failure>${text}</failure>`
          : one.result === "skipped"
            ? `<skipped message="${text}"/>`
            : "";
      lines.push(
        `    <testcase classname="${escape(one.policy)}" name="${escape(one.name)}" time="${(one.ms / 1000).toFixed(3)}">${inner}</testcase>`,
      );
    }
    lines.push("  </testsuite>");
  }
  return [...lines, "</testsuites>", ""].join("\n");
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
