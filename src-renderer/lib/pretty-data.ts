import { escapeName } from './escape-text.ts';

/** Data of a guest for reading: JSON with two spaces, anything else as it is; control and bidi characters escaped. */
export function prettyData(data: string | null): string {
  if (data === null || data === '') {
    return '';
  }
  let text = data;
  try {
    text = JSON.stringify(JSON.parse(data), null, 2);
  } catch {
    // Not JSON: a guest may answer with plain text.
  }
  return text
    .split('\n')
    .map((line) => escapeName(line))
    .join('\n');
}
