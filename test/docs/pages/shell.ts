/** A shell that a page's reader has open, and the terminals beside it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Hopeless, until } from "../../../controller/until.ts";

interface Place {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

const deadlineMs = 120_000;

const ended = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/** Between two blocks. */
const mark = "\u001e";

/** One after the other in the same shell, so that variables last. */
export class Shell {
  private readonly process: ChildProcess;
  private printed = "";

  constructor(place: Place) {
    this.process = inGroup(["-eu"], "pipe", place, (text) => (this.printed += text));
  }

  /** What it printed. Every command has to succeed; with `fails`, one of them must not. */
  async type(commands: string, { fails = false } = {}): Promise<string> {
    this.printed = "";
    const block = `{\n${commands}\n} </dev/null 2>&1`;
    const inverted = `set +e; ( set -e\n${block}\n); [ $? != 0 ] || exit 99; set -e`;
    this.process.stdin!.write(`${fails ? inverted : block}\nprintf '${mark}'\n`);
    await until(() => {
      if (ended(this.process)) throw new Hopeless(`a command failed:\n${this.printed}`);
      if (!this.printed.includes(mark)) throw new Error(`does not end:\n${this.printed}`);
    }, deadlineMs);
    return this.printed.replace(mark, "");
  }

  /** Also what still runs in it. */
  close = (): Promise<void> => end(this.process, "SIGKILL");
}

/** A command that runs on. */
export class Terminal {
  private readonly process: ChildProcess;
  private printed = "";

  constructor(command: string, place: Place) {
    this.process = inGroup(["-euc", command], "ignore", place, (text) => (this.printed += text));
  }

  /** Until it has printed all of `expected`. */
  async shows(lacks: (printed: string) => string | null): Promise<void> {
    await until(() => {
      if (ended(this.process)) throw new Hopeless(`ended:\n${this.printed}`);
      const lacking = lacks(this.printed);
      if (lacking !== null) throw new Error(`does not print "${lacking}":\n${this.printed}`);
    }, deadlineMs);
  }

  /** As Ctrl-C does, to all that it started. */
  close = (): Promise<void> => end(this.process, "SIGINT");
}

/** With all that it starts in a group of its own. */
function inGroup(
  args: string[],
  input: "pipe" | "ignore",
  place: Place,
  print: (text: string) => void,
): ChildProcess {
  const child = spawn("bash", args, { ...place, detached: true, stdio: [input, "pipe", "pipe"] });
  for (const output of [child.stdout!, child.stderr!]) output.setEncoding("utf8").on("data", print);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (ended(child)) return;
  const closed = once(child, "close");
  process.kill(-child.pid!, signal);
  await closed;
}
