/**
 * `text` as it stands in a record: whole, or cut to `maxBytes` of UTF-8 at the end of a character, with `…`
 * (within the bound) where something is missing.
 */
export function cutText(text: string, maxBytes: number): string {
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) {
    return text;
  }
  const room = maxBytes - Buffer.byteLength('…');
  let size = 0;
  let end = 0;
  // By code point, so that neither a character nor half of a surrogate pair is left over.
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > room) {
      break;
    }
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}
