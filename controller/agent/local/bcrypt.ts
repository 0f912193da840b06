/**
 * Passwords against bcrypt hashes, in threads of their own: one takes 60 ms and more of a processor. What cannot be
 * answered soon is refused, so that a flood of wrong passwords costs the gateway no more than these threads.
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** Too many wait already. */
export class BcryptBusy extends Error {}

export interface Bcrypt {
  /** Rejects with BcryptBusy, or with what is wrong with the hash. */
  verify(password: string, hash: string): Promise<boolean>;
  close(): Promise<void>;
}

interface Question {
  password: string;
  hash: string;
  resolve(ok: boolean): void;
  reject(error: Error): void;
}

const mostWaiting = 64;
/** 2^14 rounds take a second; a hash with more would hold a thread for minutes. */
const mostRounds = 14;
/** A thread takes some MiB: it ends when nobody has asked for a while. */
const idleMs = 30_000;

/** The path of the library comes from here, because text that runs in a thread finds no packages. */
const source = `
const { parentPort, workerData } = require("node:worker_threads");
const bcrypt = require(workerData);
parentPort.on("message", ({ password, hash }) => {
  try {
    parentPort.postMessage({ ok: bcrypt.compareSync(password, hash) });
  } catch (error) {
    parentPort.postMessage({ error: String(error.message) });
  }
});
`;

export function startBcrypt(threads = Math.min(2, availableParallelism())): Bcrypt {
  const library = createRequire(import.meta.url).resolve("bcryptjs");
  const waiting: Question[] = [];
  const idle: { worker: Worker; timer: NodeJS.Timeout }[] = [];
  const workers = new Set<Worker>();
  let closed = false;

  const next = () => {
    const question = waiting[0];
    if (!question) return;
    const free = idle.pop();
    if (!free && workers.size >= threads) return;
    waiting.shift();
    if (free) clearTimeout(free.timer);
    const worker = free?.worker ?? start();
    ask(worker, question);
  };
  const start = () => {
    const worker = new Worker(source, { eval: true, workerData: library });
    worker.unref();
    workers.add(worker);
    return worker;
  };
  const ask = (worker: Worker, { password, hash, resolve, reject }: Question) => {
    const done = (answer: { ok: boolean } | { error: string }) => {
      worker.off("error", failed);
      worker.off("message", done);
      if ("ok" in answer) resolve(answer.ok);
      else reject(new Error(answer.error));
      const timer = setTimeout(() => {
        idle.splice(
          idle.findIndex((one) => one.worker === worker),
          1,
        );
        workers.delete(worker);
        void worker.terminate();
      }, idleMs).unref();
      idle.push({ worker, timer });
      next();
    };
    const failed = (error: Error) => {
      workers.delete(worker);
      reject(error);
      next();
    };
    worker.once("error", failed);
    worker.once("message", done);
    worker.postMessage({ password, hash });
  };

  return {
    verify: async (password, hash) => {
      const rounds = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash)?.[1];
      if (!rounds) throw new TypeError("expected a bcrypt hash");
      if (Number(rounds) > mostRounds)
        throw new TypeError(`expected a cost of at most ${mostRounds}, found ${rounds}`);
      if (closed || waiting.length >= mostWaiting) throw new BcryptBusy(`${mostWaiting} wait`);
      return new Promise((resolve, reject) => {
        waiting.push({ password, hash, resolve, reject });
        next();
      });
    },
    close: async () => {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new BcryptBusy("the agent ends"));
      for (const { timer } of idle) clearTimeout(timer);
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}
