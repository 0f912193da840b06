/** The pieces of Markdown that generated pages are made of. */

/** Text in a table's cell as code, whatever is in it. */
export const code = (text: string): string => {
  const fence = text.includes("`") ? "``" : "`";
  return `${fence}${text.replaceAll("|", "\\|")}${fence}`;
};

export const inCell = (text: string): string =>
  text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();

/** A table; its cells are Markdown already. */
export const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(titles).replaceAll("  ", " "), row(titles.map(() => "---")), ...rows.map(row)].join("\n");

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** Parts of a page, an empty line between them. */
export const page = (...parts: readonly string[]): string =>
  `${parts.filter(Boolean).join("\n\n")}\n`;
