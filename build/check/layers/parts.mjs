/**
 * Where a file stands.
 * @typedef {{side: 'main' | 'renderer' | 'outside', part: string, area?: string}} Place `area`: which feature
 */

/**
 * @param {string} file path from the root
 * @returns {Place}
 */
export function placeOf(file) {
  const [top = '', first = '', ...rest] = file.split('/');
  if (top !== 'src-main' && top !== 'src-renderer') {
    return { side: 'outside', part: top };
  }
  const side = top === 'src-main' ? 'main' : 'renderer';
  if (rest.length === 0) {
    return { side, part: rootFilePart(first) };
  }
  if (side === 'renderer' && first === 'features') {
    return { side, part: first, area: rest[0] ?? '' };
  }
  return { side, part: first === 'host' && rest[0] === 'generated' ? 'host/generated' : first };
}

/** cli.ts is `cli`, main.ts and main.tsx are `main`. */
function rootFilePart(/** @type {string} */ name) {
  return /^(main|cli)\b/.exec(name)?.[1] ?? name;
}
