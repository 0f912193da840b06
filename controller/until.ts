/** Waiting for a condition, with a deadline. */

/** Thrown by an attempt that will never succeed. */
export class Hopeless extends Error {}

/** Tries until the attempt does not throw; throws its last error when the time is over. */
export async function until<T>(attempt: () => Promise<T> | T, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Hopeless || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
