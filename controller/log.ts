/** The controller's own log: which lines are written, and how they look. */
export const levels = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof levels)[number];

/** A line without a level is a warning: what goes as it should is told as `info`. */
export type Log = (line: string, level?: Level) => void;

export interface LogSettings {
  /** Less is not written. */
  level: Level;
  format: "text" | "json";
}

export function leveledLog(write: (line: string) => void, { level, format }: LogSettings): Log {
  const least = levels.indexOf(level);
  return (line, of = "warn") => {
    if (levels.indexOf(of) < least) return;
    if (format === "text") return write(line);
    write(JSON.stringify({ time: new Date().toISOString(), level: of, message: line }));
  };
}
