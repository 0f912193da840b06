/** The key itself: made once, shown once, known afterwards only by its hash. */
import { randomBytes } from "node:crypto";

export const makeKey = (): string => `apip_${randomBytes(32).toString("hex")}`;

/** What lists show of a key. */
export const maskKey = (key: string): string => `***${key.slice(-5)}`;
