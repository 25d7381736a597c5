import { hiddenText } from '../../contract/hidden-text.ts';

/**
 * Text of a stranger (a manifest, an archive) made safe to stand in a sentence: what could end, hide, reorder or paint over
 * what follows (see `hiddenText`) is shown as `\u{…}`, so that a capsule cannot write its own sentence into ours.
 */
export function escapeControlChars(text: string): string {
  return text.replace(
    hiddenText,
    (character: string, emoji?: string) => emoji ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same in double quotes, cut to a length that leaves room for the sentence. */
export function quoted(text: string): string {
  const shown = escapeControlChars(text);
  return shown.length > 120 ? `"${shown.slice(0, 119)}…"` : `"${shown}"`;
}
