/** The face that both runners show to a table of cases. */
export type { Loaded, Runner, RunnerAnswer, RunnerSetup } from "../../host-sim/cases/runner.ts";
