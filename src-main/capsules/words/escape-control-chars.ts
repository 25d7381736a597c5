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

/** The same, cut to a length that leaves room for the sentence. */
export function shown(text: string): string {
  // Before it is escaped: what a stranger wrote may be a quarter of a megabyte.
  const escaped = escapeControlChars(text.slice(0, MAX_SHOWN + 1));
  return escaped.length > MAX_SHOWN ? `${escaped.slice(0, MAX_SHOWN - 1)}…` : escaped;
}

/** The same in double quotes. */
export function quoted(text: string): string {
  return `"${shown(text)}"`;
}

const MAX_SHOWN = 120;
