/**
 * Text of a stranger (a manifest, an archive) made safe to stand in a sentence: control characters,
 * line breaks and the invisible ones that reorder or hide what follows are shown as `\u{…}`, so that a
 * capsule cannot write its own sentence into ours.
 */
export function escapeControlChars(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The same in double quotes, cut to a length that leaves room for the sentence. */
export function quoted(text: string): string {
  const shown = escapeControlChars(text);
  return shown.length > 120 ? `"${shown.slice(0, 119)}…"` : `"${shown}"`;
}
