/** Python 3, which brings pip and a reader of wheels; what goes wrong is said in one line, with how to get what is missing. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export async function python(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const run = promisify(execFile)("python3", args, options);
  return (await run.catch((error: PythonError) => Promise.reject(inOneLine(error)))).stdout;
}

type PythonError = Error & { code?: string | number; stderr?: string };

function inOneLine({ message, code, stderr = "" }: PythonError): Error {
  if (code === "ENOENT")
    return new Error(`Python 3 is missing (on Debian: apt-get install ${all})`);
  const lines = stderr.trim().split("\n");
  // What pip gives up for comes first; what follows are details, and Python's own errors end with what went wrong.
  const said = lines.find((line) => line.startsWith("ERROR: ")) ?? lines.at(-1);
  if (said?.endsWith("No module named pip"))
    return new Error(`pip is missing (on Debian: apt-get install ${all})`);
  if (/Could not find a version|Connection/.test(said ?? ""))
    return new Error("pip finds no such package: can it reach its index?");
  return new Error(said?.replace("ERROR: ", "").replace(/\. .*/, "") || message);
}

const all = "python3 python3-pip";
