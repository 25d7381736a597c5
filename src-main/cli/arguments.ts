import { parseArgs } from 'node:util';
import { TypedError } from '../base/typed-error.ts';
import type { Grants } from '../contract/kernel.ts';
import { compileQuery, type LineFilter } from '../logs/query/compile.ts';
import { parseQuery } from '../logs/query/parse.ts';
import { capabilityNames } from '../policy/capabilities.ts';
import { DEFAULT_PRINCIPAL, requirePrincipal } from '../policy/principal.ts';

export interface RunCommand {
  readonly name: 'run';
  readonly path: string;
  readonly action: string;
  readonly grants: Grants;
  readonly payload: string;
  readonly principal: string;
  /** Null: the principal's own limit. */
  readonly timeoutMs: number | null;
  /** Which lines of output are told at the end; null: the last of each stream. */
  readonly logs: LineFilter | null;
}

export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'build'; readonly path: string }
  | { readonly name: 'pack'; readonly path: string; readonly out: string | null }
  | { readonly name: 'inspect'; readonly path: string }
  | { readonly name: 'verify-audit'; readonly path: string }
  | RunCommand;

type UsageErrorCode = 'usage';

/**
 * Parses the arguments after the program's name.
 *
 * @throws TypedError `usage` for an unknown name or option, a missing or a malformed one; QueryError `bad-query`
 */
export function parseCommand(words: readonly string[]): Command {
  const [name, ...rest] = words;
  if (name === undefined || words.includes('--help') || name === 'help') {
    return { name: 'help' };
  }
  switch (name) {
    case 'build':
    case 'inspect':
    case 'verify-audit':
      return { name, path: parsed(rest, {}).path };
    case 'pack': {
      const { path, values } = parsed(rest, { out: { type: 'string' } });
      return { name, path, out: values['out'] ?? null };
    }
    case 'run':
      return runCommand(rest);
    default:
      throw usageError(`Unknown command ${JSON.stringify(name)}.`);
  }
}

const runOptions = {
  invoke: { type: 'string' },
  grant: { type: 'string' },
  payload: { type: 'string' },
  principal: { type: 'string' },
  timeout: { type: 'string' },
  logs: { type: 'string' },
} as const;

function runCommand(words: readonly string[]): RunCommand {
  const { path, values } = parsed(words, runOptions);
  const { invoke, grant, timeout } = values;
  if (invoke === undefined || invoke === '') {
    throw usageError('run needs --invoke ACTION.');
  }
  if (grant === undefined) {
    throw usageError('run needs --grant all, none or a list of capabilities.');
  }
  return {
    name: 'run',
    path,
    action: invoke,
    grants: grantsOf(grant),
    payload: values['payload'] ?? '',
    principal: requirePrincipal(values['principal'] ?? DEFAULT_PRINCIPAL),
    timeoutMs: timeout === undefined ? null : milliseconds(timeout),
    logs: values['logs'] === undefined ? null : compileQuery(parseQuery(values['logs'], { now: Date.now() })),
  };
}

/** The one path and the options of a command; Node's own parser rejects unknown options. */
function parsed(words: readonly string[], options: { readonly [name: string]: { readonly type: 'string' } }) {
  const { values, positionals } = parseWords(words, options);
  const [path, ...more] = positionals;
  if (path === undefined || path === '' || more.length > 0) {
    throw usageError('Expected one file or folder.');
  }
  return { path, values };
}

function parseWords(
  words: readonly string[],
  options: { readonly [name: string]: { readonly type: 'string' } },
) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function grantsOf(text: string): Grants {
  if (text === 'all') {
    return 'all';
  }
  const names = text === 'none' ? [] : text.split(',');
  const known: readonly string[] = capabilityNames;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw usageError(
      `Unknown capability ${JSON.stringify(unknown)}. Known capabilities: ${known.join(', ')}.`,
    );
  }
  return names;
}

function milliseconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw usageError(`--timeout must be a positive number of seconds, not ${JSON.stringify(text)}.`);
  }
  return Math.ceil(seconds * 1000);
}

function usageError(message: string): TypedError<UsageErrorCode> {
  return new TypedError('usage', message, 'See capsule --help.');
}
