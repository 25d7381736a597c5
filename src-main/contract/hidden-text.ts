/** Marks above and below one character that are left as they are; Hebrew with points and an accent takes four. */
const MAX_MARKS = 4;

/**
 * Glyphs that are blank although Unicode counts them as symbols and letters: Braille without dots, object replacement,
 * null note head, Khitan filler, hieroglyphic blanks. No property says so; the names do.
 */
const BLANK_GLYPHS = String.raw`\u2800\ufffc\u{1d159}\u{16fe4}\u{13441}\u{13442}`;

/**
 * What no person sees on the screen, or what moves other text: control, format and default-ignorable characters, line
 * separators, every space but the ordinary one, lone surrogates, noncharacters and blank glyphs.
 */
const HIDDEN = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}[\p{Zs}--[ ]]\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}${BLANK_GLYPHS}]`;

/** What is put above, below or around the character before it. */
const MARK = String.raw`[[\p{Mn}\p{Me}]--${HIDDEN}]`;
const BASE = String.raw`[^\p{Mn}\p{Me}${HIDDEN}]`;

/**
 * Finds, one match each, the characters of a text that have to be shown as escapes because they could hide, reorder or
 * paint over what stands around them: hidden ones, and marks that have no character to stand on or are one too many.
 * Emoji sequences that Unicode recommends for interchange match too, in the group `emoji`: their joiners and selectors
 * hide nothing, and they stay as they are.
 */
export const hiddenText = new RegExp(
  String.raw`(?=\p{Emoji})(?<emoji>\p{RGI_Emoji})|${HIDDEN}|(?<!${BASE}${MARK}{0,${MAX_MARKS - 1}})${MARK}`,
  'gv',
);
