/** The name that was probably meant: at most two letters away, or a third of a long word. */
export function closest(word: string, names: readonly string[]): string | null {
  const within = Math.max(2, Math.floor(word.length / 3));
  const [best] = names
    .map((name) => ({ name, distance: distance(word.toLowerCase(), name) }))
    .filter((one) => one.distance <= within)
    .sort((a, b) => a.distance - b.distance);
  return best?.name ?? null;
}

/** How many letters differ (Levenshtein), row by row. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length]!;
}
