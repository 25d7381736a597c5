import { escapeName } from './escape-text.ts';
import { LAID_OUT_CHARACTERS, LAID_OUT_SHARE } from './limits.ts';

/**
 * Data of a guest for reading: JSON with two spaces, anything else as it is; what could hide, reorder or paint over is
 * escaped. JSON is only laid out anew: numbers and names stay as they were written, the same name twice stays twice.
 */
export function prettyData(data: string | null): string {
  return (isJson(data) ? (layOut(data) ?? data) : (data ?? ''))
    .split('\n')
    .map((line) => escapeName(line))
    .join('\n');
}

function isJson(data: string | null): data is string {
  try {
    JSON.parse(data ?? '');
    return true;
  } catch {
    // A guest may answer with plain text.
    return false;
  }
}

/** Strings, marks, and what stands between them: numbers and words. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gu;

/** Puts every member of valid JSON on a line of its own; null when that would make much more text of it. */
function layOut(json: string): string | null {
  const longest = LAID_OUT_SHARE * json.length + LAID_OUT_CHARACTERS;
  let depth = 0;
  let text = '';
  let before = '';
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  for (const [token] of json.matchAll(TOKEN)) {
    const opened = before === '{' || before === '[';
    if (token === '}' || token === ']') {
      depth -= 1;
      text += opened ? token : `${newLine()}${token}`;
    } else {
      text += `${opened || before === ',' ? newLine() : ''}${token}${token === ':' ? ' ' : ''}`;
      depth += token === '{' || token === '[' ? 1 : 0;
    }
    if (text.length > longest) {
      return null;
    }
    before = token;
  }
  return text;
}
