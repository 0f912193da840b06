/**
 * A request's path as Envoy's connection manager makes it before anything is chosen by it: needless escapes undone,
 * dot segments resolved, slashes merged. The query stays as it is. Checked against Envoy by the parity tests.
 */

/** Paths that Envoy answers 400: a fragment, or an escape that another server could take for a slash or an end. */
export const isRefusedPath = (path: string): boolean =>
  path.includes("#") || /^[^?]*%(2f|5c|00)/i.test(path);

export function normalizePath(path: string): string {
  if (!path.startsWith("/") || isRefusedPath(path) || plain.test(path)) return path;
  const mark = path.indexOf("?");
  const [before, query] = mark < 0 ? [path, ""] : [path.slice(0, mark), path.slice(mark)];
  const segments: string[] = [];
  const parts = unescapeNeedless(before).replaceAll("\\", "/").split("/").slice(1);
  parts.forEach((part, i) => {
    const last = i === parts.length - 1;
    if (part === "..") segments.pop();
    else if (part !== ".") return void segments.push(part);
    if (last) segments.push("");
  });
  return `/${segments.join("/")}`.replace(/\/{2,}/g, "/") + query;
}

/** Most paths: nothing in them needs a change. */
const plain = /^(\/[A-Za-z0-9\-_~]+)*\/?(\?|$)/;

/** Escapes of what needs none are undone; what cannot stand in a path is escaped. */
const unescapeNeedless = (path: string): string =>
  path
    .replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9\-._~]/.test(char) ? char : whole;
    })
    .replace(
      /[\x00-\x20"<>^`{|}\x7f-\xff]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
