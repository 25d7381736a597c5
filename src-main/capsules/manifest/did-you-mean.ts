/** The candidate that was probably meant, or undefined when none is near. Ties go to the first one. */
export function closestWord(word: string, candidates: Iterable<string>): string | undefined {
  // One slip in a short word, up to a third of a long one: more than that is guessing.
  let best = Math.max(1, Math.floor(word.length / 3)) + 1;
  let found: string | undefined;
  for (const candidate of candidates) {
    // Also what keeps a very long word cheap.
    if (Math.abs(candidate.length - word.length) >= best) {
      continue;
    }
    const distance = editDistance(word, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

/** A sentence to append, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = closestWord(word, candidates);
  return found === undefined ? '' : ` Did you mean "${found}"?`;
}

/** Edits between two words (insert, remove, replace, swap neighbours), by rows. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
