/**
 * Which of Binaryen's passes a module gets. AssemblyScript's own list has about a hundred and repeats most of them over
 * every function that another one changed. These were found by leaving out what changes nothing: the same speed and size
 * of code, in half the time of optimizing.
 */
import type { Program } from "./syntax/tree.ts";

export type Target = "release" | "small" | "debug";

const first = ["duplicate-function-elimination", "remove-unused-module-elements"];

const last = ["memory-packing", "remove-unused-module-elements"];

const release = [
  ...first,
  "inlining",
  "simplify-globals",
  "generate-global-effects",
  "ssa-nomerge",
  "remove-unused-brs",
  "optimize-instructions",
  "precompute-propagate",
  "code-pushing",
  "simplify-locals-nostructure",
  "vacuum",
  "remove-unused-brs",
  "coalesce-locals",
  "simplify-locals",
  "vacuum",
  "code-folding",
  "merge-blocks",
  "remove-unused-brs",
  "optimize-instructions",
  "rse",
  "vacuum",
  "dae-optimizing",
  "inlining-optimizing",
  "simplify-globals-optimizing",
  "directize",
  "optimize-added-constants-propagate",
  "reorder-functions",
  "duplicate-function-elimination",
];

/** What is looked at in a debugger or built at each save keeps its functions as they were written. */
const debug = [
  ...first,
  "simplify-globals",
  "remove-unused-brs",
  "optimize-instructions",
  "precompute",
  "simplify-locals",
  "coalesce-locals",
  "vacuum",
];

const passes: Record<Target, string[]> = {
  release: [...release, ...last],
  small: [...release, "merge-similar-functions", ...last],
  debug: [...debug, ...last],
};

/** How thorough the passes are that clean up behind themselves; more takes longer and grows the code. */
const level = 2;

/** The limits of inlining and the flags stay AssemblyScript's, by the levels in `asconfig.json`. */
export function choosePasses({ module }: Program, target: Target): void {
  const run = module.runPasses.bind(module);
  module.runPasses = () => {
    module.setOptimizeLevel(level);
    run(passes[target]);
  };
}
