/** Runs cases in a real Envoy: the same face as `simulator.ts`. */
export { envoyRunner as envoyCases } from "../../controller/lab/runner.ts";
