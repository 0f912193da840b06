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
    this.process = spawn("bash", ["-eu"], { ...place, stdio: ["pipe", "pipe", "pipe"] });
    this.process.stdout!.on("data", (chunk) => (this.printed += chunk));
    this.process.stderr!.on("data", (chunk) => (this.printed += chunk));
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

  async close(): Promise<void> {
    if (ended(this.process)) return;
    const closed = once(this.process, "close");
    this.process.stdin!.end();
    await closed;
  }
}

/** A command that runs on. */
export class Terminal {
  private readonly process: ChildProcess;
  private printed = "";

  constructor(command: string, place: Place) {
    this.process = spawn("bash", ["-euc", command], {
      ...place,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout!.on("data", (chunk) => (this.printed += chunk));
    this.process.stderr!.on("data", (chunk) => (this.printed += chunk));
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
  async close(): Promise<void> {
    if (ended(this.process)) return;
    const closed = once(this.process, "close");
    process.kill(-this.process.pid!, "SIGINT");
    await closed;
  }
}
