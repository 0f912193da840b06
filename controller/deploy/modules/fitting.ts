/**
 * Whether what is deployed fits other policies than those that serve. With 10,000 APIs that takes seconds: documents are
 * written meanwhile and others have their turn, so whoever means to have the policies serve looks once more, at those
 * documents alone, when nothing is written.
 */
import { UserError, type FieldError } from "../../errors.ts";
import type { Artifact } from "../../store/store.ts";
import { checksOfCandidate, checksOfStored, type Checks, type Compiler } from "../compiler.ts";
import type { Documents } from "../documents.ts";

/** Others have their turn after so long. */
const longestTurnMs = 5;

export interface FittingOptions {
  documents: Documents;
  /** With the policies that serve. */
  serving: Compiler;
  candidate: Compiler;
}

export class Fitting {
  /** The documents as they were looked at. */
  private readonly seen = new Map<string, Artifact>();

  constructor(private readonly options: FittingOptions) {}

  /** What could be served no more, of the documents that this was not asked about before. */
  async misfits(): Promise<FieldError[]> {
    const misfits: FieldError[] = [];
    let turnBegan = performance.now();
    for (const artifact of this.options.documents.all()) {
      if (this.seen.get(artifact.handle) === artifact) continue;
      this.seen.set(artifact.handle, artifact);
      misfits.push(...(await this.misfitsOf(artifact)));
      if (performance.now() - turnBegan < longestTurnMs) continue;
      await new Promise(setImmediate);
      turnBegan = performance.now();
    }
    return misfits;
  }

  private async misfitsOf(artifact: Artifact): Promise<FieldError[]> {
    const { serving, candidate } = this.options;
    try {
      await this.compile(candidate, artifact, checksOfCandidate);
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const isServed = this.compile(serving, artifact, { ...checksOfStored, schema: false });
      // What the policies that serve cannot build either, others do not take away.
      if (!(await isServed.then(yes, no))) return [];
      const { handle } = artifact;
      return error.fields.map(({ field, message }) => ({ field: `${handle}: ${field}`, message }));
    }
  }

  private async compile(by: Compiler, { handle, source }: Artifact, checks: Checks): Promise<void> {
    const kind = this.options.documents.kindOf(handle);
    // Without one it was removed meanwhile.
    if (kind) await by.compile(by.read(kind, JSON.parse(source)), checks);
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
