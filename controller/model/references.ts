/**
 * References to secrets in texts that anybody may see: U+E000, an entry of the feed, U+E001. The engine puts the values
 * in when it builds a chain.
 */
const begin = "\ue000";
const end = "\ue001";

export const reference = (entry: string): string => begin + entry + end;

/** Whether somebody wrote the marks themselves, or put a reference in. */
export const hasMarks = (text: string): boolean => text.includes(begin) || text.includes(end);

/** A text as it is made of references and what stands around them. */
export const referencesIn = (text: string): { text: string; isReference: boolean }[] =>
  text
    .split(/(\ue000[^\ue000\ue001]*\ue001)/)
    .map((part, i) => ({ text: part, isReference: i % 2 === 1 }))
    .filter((part) => part.text !== "");

/** The entries that a text refers to, each once. */
export const entriesIn = (text: string): string[] => [
  ...new Set(
    referencesIn(text).flatMap((part) => (part.isReference ? [part.text.slice(1, -1)] : [])),
  ),
];

/** JSON with the values in place; an entry without a value stays a reference. */
export const reveal = (json: string, value: (entry: string) => string | null): string =>
  json.replace(/\ue000([^\ue000\ue001]*)\ue001/g, (mark, entry: string) => {
    const found = value(entry);
    return found === null ? mark : JSON.stringify(found).slice(1, -1);
  });
