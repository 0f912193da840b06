/** What a test waits for. The deadline is there to fail, and long enough for a machine that is busy with others. */
import { until } from "../controller/until.ts";

export const eventually = <T>(attempt: () => Promise<T> | T): Promise<T> => until(attempt, 30_000);
