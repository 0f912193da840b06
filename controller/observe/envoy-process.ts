/** What the Envoy process takes of its machine, read off Linux' /proc; nothing elsewhere. */
import { readFile } from "node:fs/promises";
import type { Metric } from "../metrics.ts";

/** Of the kernel's clock, in all distributions. */
const ticksPerSecond = 100;

export async function envoyProcess(pid: number | null): Promise<Metric[]> {
  if (pid === null || process.platform !== "linux") return [];
  try {
    const [status, stat] = await Promise.all(
      ["status", "stat"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8")),
    );
    const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status!)?.[1] ?? 0) * 1_024;
    // The name in parentheses may hold anything.
    const fields = stat!.slice(stat!.lastIndexOf(")") + 2).split(" ");
    const seconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    return [
      {
        ...{ name: "process_resident_memory_bytes", type: "gauge", value: resident },
        help: "Memory of the Envoy process",
      },
      {
        ...{ name: "process_cpu_seconds_total", type: "counter", value: seconds },
        help: "CPU time of the Envoy process",
      },
    ];
  } catch {
    // It ended meanwhile.
    return [];
  }
}
