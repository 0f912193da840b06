/** Wrong use of the simulator, or a module that no host would take: one line that says what is wrong. */
export class SimulatorError extends Error {
  override name = "SimulatorError";
}

/** A request that can never end: a filter paused it, and nothing is pending that could resume it. */
export class HangError extends SimulatorError {
  override name = "HangError";
}
