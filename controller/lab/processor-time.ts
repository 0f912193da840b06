/** The processor time of another process, all of its threads, in microseconds. Linux alone tells it so finely. */
import { readFile, readdir } from "node:fs/promises";
import { UserError } from "../errors.ts";

export async function processorMicros(pid: number): Promise<number> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => {
    throw new UserError("the processor time of Envoy is read from /proc, which only Linux has");
  });
  const spent = await Promise.all(
    tasks.map(async (task) => {
      // A thread may have ended meanwhile.
      const text = await readFile(`/proc/${pid}/task/${task}/schedstat`, "utf8").catch(() => "0");
      return Number(text.split(" ")[0]) / 1000;
    }),
  );
  return spent.reduce((sum, one) => sum + one, 0);
}
