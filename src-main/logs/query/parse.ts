import type { LogStream } from '../../contract/views.ts';
import { LOG_LEVELS, type LogLevel } from './level.ts';
import { QueryError, type Place } from './query-error.ts';
import { readTime } from './time.ts';

/** What one term of a query asks of a line. */
export type Condition =
  /** Somewhere in the text, in any case. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'regex'; readonly pattern: string; readonly ignoreCase: boolean }
  | { readonly kind: 'level'; readonly levels: readonly LogLevel[] }
  | { readonly kind: 'stream'; readonly stream: LogStream }
  | { readonly kind: 'source'; readonly text: string }
  /** Arrived at `at` or later, epoch ms. */
  | { readonly kind: 'after'; readonly at: number }
  | { readonly kind: 'before'; readonly at: number }
  /** A field of a line that is a JSON object. `value` null: it is there, whatever it is. */
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly value: string | null };

/** A term: `from` … `to` is its place in the query, in UTF-16 units. */
export type Term = Condition & {
  /** Lines for which the condition holds are left out. */
  readonly excluded: boolean;
} & Place;

/** Where relative and partial times of a query are counted from. */
export interface QueryContext {
  /** Epoch ms. */
  readonly now: number;
}

/**
 * Reads a query over log lines. Terms are separated by spaces, and a line has to meet all of them:
 *
 * - `word`, `"a phrase"`: in the text, in any case; `\"` and `\\` stand for themselves in quotes
 * - `/regex/`, `/regex/i`: in RE2's syntax
 * - `level:error`, `level:warn,error`, `level:warn+` (that or more serious)
 * - `stream:out`, `stream:err`; `source:name`: part of a process's label or a capsule's name
 * - `after:10:30`, `before:2026-11-28T10:30`, `after:5m` (five minutes ago): when the line arrived, local time
 * - `field=value`, `a.b=value`, `field="a value"`, `field=*` (is there): a field of a line that is a JSON object
 * - `-term`: lines that do not meet the term
 *
 * @throws QueryError `bad-query` with the place of the mistake
 */
export function parseQuery(query: string, context: QueryContext): readonly Term[] {
  if (query.length > MAX_QUERY_CHARACTERS) {
    throw new QueryError(
      `The query has ${query.length} characters, and ${MAX_QUERY_CHARACTERS} is the most.`,
      'Ask for fewer things at once.',
      { from: MAX_QUERY_CHARACTERS, to: query.length },
    );
  }
  const terms: Term[] = [];
  let at = 0;
  while (at < query.length) {
    if (/\s/u.test(query.charAt(at))) {
      at += 1;
      continue;
    }
    const excluded = query.charAt(at) === '-' && /\S/u.test(query.charAt(at + 1));
    const { condition, to } = readTerm(query, excluded ? at + 1 : at, context);
    terms.push({ ...condition, excluded, from: at, to });
    at = to;
  }
  return terms;
}

/** More than a person types; a query is compiled at every key. */
const MAX_QUERY_CHARACTERS = 4096;

interface Read {
  readonly condition: Condition;
  readonly to: number;
}

function readTerm(query: string, from: number, context: QueryContext): Read {
  if (query.charAt(from) === '"') {
    const { value, to } = readQuoted(query, from);
    return { condition: { kind: 'text', text: value }, to };
  }
  const regex = readRegex(query, from);
  if (regex !== null) {
    return regex;
  }
  const [, name = '', operator = ''] = NAMED.exec(query.slice(from)) ?? [];
  const readKey = operator === '=' ? fieldOf(name) : KEYS.get(name);
  if (readKey === undefined) {
    const { value, to } = readWord(query, from);
    return { condition: { kind: 'text', text: value }, to };
  }
  const { value, quoted, to } = readValue(query, from + name.length + 1);
  if (value === '' && !quoted) {
    const hint = 'Write it directly behind, or "" for an empty one.';
    throw new QueryError(`${name}${operator} needs a value.`, hint, { from, to });
  }
  return { condition: readKey({ value, quoted, from, to }, context), to };
}

/** A name right before its value. Other names before a colon are words: `http://…`, `12:30`. */
const NAMED = /^([A-Za-z_][\w.-]*)([:=])/u;

type ReadKey = (value: Value & Place, context: QueryContext) => Condition;

const KEYS: ReadonlyMap<string, ReadKey> = new Map<string, ReadKey>([
  ['level', (value) => ({ kind: 'level', levels: readLevels(value) })],
  ['stream', (value) => ({ kind: 'stream', stream: readStream(value) })],
  ['source', ({ value }) => ({ kind: 'source', text: value })],
  ['after', (value, { now }) => ({ kind: 'after', at: requireTime(value, now) })],
  ['before', (value, { now }) => ({ kind: 'before', at: requireTime(value, now) })],
]);

function fieldOf(name: string): ReadKey {
  return ({ value, quoted }) => ({
    kind: 'field',
    path: name.split('.'),
    value: value === '*' && !quoted ? null : value,
  });
}

function readLevels({ value, ...place }: Value & Place): readonly LogLevel[] {
  return value.split(',').flatMap((name) => {
    const andWorse = name.endsWith('+');
    const index = LOG_LEVELS.findIndex((level) => level === name.replace(/\+$/u, '').toLowerCase());
    if (index === -1) {
      throw new QueryError(
        `There is no level ${JSON.stringify(name)}.`,
        `Levels: ${LOG_LEVELS.join(', ')}.`,
        place,
      );
    }
    return LOG_LEVELS.slice(index, andWorse ? undefined : index + 1);
  });
}

function readStream({ value, ...place }: Value & Place): LogStream {
  const stream = STREAMS.get(value);
  if (stream === undefined) {
    throw new QueryError(
      `There is no stream ${JSON.stringify(value)}.`,
      'Write stream:out or stream:err.',
      place,
    );
  }
  return stream;
}

const STREAMS: ReadonlyMap<string, LogStream> = new Map<string, LogStream>([
  ['out', 'stdout'],
  ['stdout', 'stdout'],
  ['err', 'stderr'],
  ['stderr', 'stderr'],
]);

function requireTime({ value, ...place }: Value & Place, now: number): number {
  const at = readTime(value, now);
  if (at === null) {
    throw new QueryError(
      `${JSON.stringify(value)} is not a time.`,
      'Write 10:30, 10:30:15, 2026-11-28, 2026-11-28T10:30, or how long ago: 30s, 5m, 2h, 1d.',
      place,
    );
  }
  return at;
}

interface Value {
  readonly value: string;
  readonly quoted: boolean;
  /** Where the text goes on. */
  readonly to: number;
}

function readValue(query: string, from: number): Value {
  return query.charAt(from) === '"' ? readQuoted(query, from) : readWord(query, from);
}

function readWord(query: string, from: number): Value {
  const value = /^\S*/u.exec(query.slice(from))?.[0] ?? '';
  return { value, quoted: false, to: from + value.length };
}

function readQuoted(query: string, from: number): Value {
  let value = '';
  for (let at = from + 1; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (character === '"') {
      return { value, quoted: true, to: at + 1 };
    }
    const escapes = character === '\\' && /["\\]/u.test(query.charAt(at + 1));
    at += escapes ? 1 : 0;
    value += query.charAt(at);
  }
  throw new QueryError('The quote has no end.', 'Close it with ", or write \\" for a quote itself.', {
    from,
    to: query.length,
  });
}

/** `/…/` or `/…/i` up to a space or the end; anything else that begins with a slash, such as a path, is a word. */
function readRegex(query: string, from: number): Read | null {
  const [text = '', pattern = '', flags = ''] =
    /^\/((?:[^/\\]|\\.)+)\/(i?)(?=\s|$)/su.exec(query.slice(from)) ?? [];
  return pattern === ''
    ? null
    : {
        condition: { kind: 'regex', pattern, ignoreCase: flags === 'i' },
        to: from + text.length,
      };
}
