/** JSON as a value: what its reader would settle in silence is refused. */

/** Throws what is wrong, in one line. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Sound from here on, so that lexemes are all there is to look at.
  refuseSilentChoices(text);
  return value;
}

const lexemes = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:]/g;

/** Of a key that stands twice the last would count, and a long number would be another. */
function refuseSilentChoices(text: string): void {
  /** What each open object has; null for a list. */
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [lexeme] of text.matchAll(lexemes)) {
    if (lexeme === "{") open.push(new Set());
    else if (lexeme === "[") open.push(null);
    else if (lexeme === "}" || lexeme === "]") open.pop();
    else if (lexeme === ":") note(open.at(-1)!, last);
    else if (isInexact(lexeme))
      throw new Error(`${lexeme.slice(0, 40)} is too long for a number: write it as a text`);
    last = lexeme;
  }
}

function note(keys: Set<string>, key: string): void {
  const name = JSON.parse(key) as string;
  if (keys.has(name)) throw new Error(`the key ${JSON.stringify(name)} stands twice`);
  keys.add(name);
}

const isInexact = (lexeme: string): boolean =>
  /^-?\d{16,}$/.test(lexeme) &&
  // A double ends at 309 digits, and to read many more takes long.
  (lexeme.length > 300 || BigInt(lexeme) !== BigInt(Number(lexeme)));
