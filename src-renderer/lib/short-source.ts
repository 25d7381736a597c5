import { escapeName } from './escape-text.ts';

/** Characters of a source in a title of one or two lines. */
const LONGEST = 40;

/**
 * What somebody wanted to open, for a title: the name at the end of a path, a link from its beginning (that
 * is where it says where it leads), both escaped and cut.
 */
export function shortSource(source: string): string {
  const isLink = /^[a-z][a-z0-9+.-]+:/i.test(source);
  const name = isLink ? source : (source.split(/[\\/]/).findLast((part) => part !== '') ?? source);
  // Cut before escaping as well: the text may be long, an escape must stay whole.
  const shown = Array.from(name.slice(0, LONGEST + 1), escapeName).join('');
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown;
}
