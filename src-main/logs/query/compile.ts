import { RE2JS } from 're2js';
import type { LogStream } from '../../contract/views.ts';
import { levelOf } from './level.ts';
import type { Condition, Term } from './parse.ts';
import { QueryError } from './query-error.ts';

/** A line of output, and what is known of it beside its text. */
export interface LogLine {
  /** As a person sees it: without escape sequences and the line's end. */
  readonly text: string;
  /** Null for what a capsule logged itself. */
  readonly stream: LogStream | null;
  /** Label of the process, or name of the capsule. */
  readonly source: string;
  /** Arrival, epoch ms; null when not known. */
  readonly at: number | null;
}

export type LineFilter = (line: LogLine) => boolean;

/**
 * What decides about each line, in time linear to it: regular expressions run in an engine that never tracks back. A
 * line of which something is not known (a time, a level) does not meet a term that asks for it.
 *
 * @throws QueryError `bad-query` for a regular expression that the engine does not know
 */
export function compileQuery(terms: readonly Term[]): LineFilter {
  const tests = terms.map((term) => ({ excluded: term.excluded, meets: compileCondition(term) }));
  return (line) => tests.every(({ excluded, meets }) => meets(line) !== excluded);
}

function compileCondition(term: Term): LineFilter {
  switch (term.kind) {
    case 'text': {
      const wanted = folded(term.text);
      return ({ text }) => folded(text).includes(wanted);
    }
    case 'regex': {
      const regex = compileRegex(term, term);
      return ({ text }) => regex.test(text);
    }
    case 'level':
      return ({ text }) => {
        const level = levelOf(text);
        return level !== null && term.levels.includes(level);
      };
    case 'stream':
      return ({ stream }) => stream === term.stream;
    case 'source': {
      const wanted = folded(term.text);
      return ({ source }) => folded(source).includes(wanted);
    }
    case 'after':
      return ({ at }) => at !== null && at >= term.at;
    case 'before':
      return ({ at }) => at !== null && at < term.at;
    case 'field':
      return ({ text }) => hasField(text, term);
  }
}

/** Without case. In capitals, since a sigma's small letter depends on what stands behind it. */
function folded(text: string): string {
  return text.toUpperCase();
}

function compileRegex({ pattern, ignoreCase }: Extract<Condition, { kind: 'regex' }>, place: Term): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    throw new QueryError(
      error instanceof Error ? `${error.message}.` : String(error),
      'The syntax is that of RE2: no look-around and no back-references, which can take time without end.',
      place,
    );
  }
}

function hasField(text: string, { path, value }: Extract<Condition, { kind: 'field' }>): boolean {
  const found = fieldAt(text, path);
  if (value === null) {
    return found !== undefined;
  }
  const word = wordOf(found);
  return word !== null && folded(word) === folded(value);
}

/** Own properties only; a name that holds dots itself is found too. */
function fieldAt(text: string, path: readonly string[]): unknown {
  let value = jsonObject(text);
  if (isObject(value) && Object.hasOwn(value, path.join('.'))) {
    return value[path.join('.')];
  }
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = value[name];
  }
  return value;
}

function jsonObject(text: string): unknown {
  if (!/^\s*\{/u.test(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** As it would be typed; null for what is no word: a list, an object, nothing. */
function wordOf(value: unknown): string | null {
  if (typeof value === 'string') {
    return value;
  }
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : null;
}
