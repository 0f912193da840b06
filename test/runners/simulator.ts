/** Runs cases in the simulator: the same face as `envoy.ts`. */
export { simulatorRunner } from "../../host-sim/cases/simulator.ts";
