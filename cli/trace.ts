/** What `--verbose` says of a request: where it goes and what it carries, but no credential. */

/** Headers whose values are nobody's business. */
const masked =
  /^(authorization|proxy-authorization|cookie|.*(key|token|secret|password|session).*)$/i;

/** Values of queries are shown: no credential is ever sent in one. */
export function sending(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  size = 0,
): string {
  const shown = Object.entries(headers)
    .filter(([name]) => name !== "connection")
    .map(([name, value]) => `${name}: ${masked.test(name) ? hidden(value) : value}`);
  const carries = [...shown, ...(size > 0 ? [`${size} bytes`] : [])];
  return `> ${method} ${url}${carries.length > 0 ? ` (${carries.join(", ")})` : ""}`;
}

/** A scheme stays readable. */
const hidden = (value: string): string => {
  const [, scheme] = /^(Basic|Bearer) /.exec(value) ?? [];
  return scheme ? `${scheme} ***` : "***";
};
