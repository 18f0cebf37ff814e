/** Longer words are not compared: the work grows with the square of their length. */
const LONGEST = 40;

/** The end of a message: `; did you mean "tag"?` if the word is similar to a known one, else nothing. */
export function didYouMean(word: unknown, known: Iterable<string>): string {
  if (typeof word !== "string" || word === "" || word.length > LONGEST) return "";
  // At most a third of the letters may differ, and at most two. Words of one or two letters get no suggestion.
  const most = Math.min(2, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const one of known) {
    if (Math.abs(one.length - word.length) > most) continue;
    const distance = editsBetween(word.toLowerCase(), one.toLowerCase());
    if (distance < least) [best, least] = [one, distance];
  }
  return best === undefined ? "" : `; did you mean ${JSON.stringify(best)}?`;
}

/** Number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other. */
function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let edits = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, at(beforeLast, j - 2) + 1);
      row.push(edits);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
