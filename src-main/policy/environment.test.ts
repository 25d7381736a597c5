import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  environmentProblem,
  isSettable,
  MAX_ENV_BYTES,
  MAX_ENV_ENTRY_BYTES,
  MAX_ENV_ENTRIES,
  MAX_ENV_VALUE_BYTES,
  PASSED_ON,
} from './environment.ts';

/** Every name by which a guest could steer what it may start, by what would hear it; a prefix with what may follow. */
const RESERVED = [
  ...['PATH', 'ENV', 'BASH_ENV', 'BASHOPTS', 'SHELLOPTS', 'PROMPT_COMMAND', 'BASH_FUNC_ls%%', 'ZDOTDIR'],
  ...['GCONV_PATH', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_', 'DYLD_INSERT_LIBRARIES'],
  ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'npm_config_script_shell'],
  ...['PYTHONHOME', 'PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONUSERBASE', 'PYTHONBREAKPOINT', 'PYTHONINSPECT'],
  ...['PERL5OPT', 'PERL5LIB', 'PERLLIB', 'PERL5DB', 'RUBYOPT', 'RUBYLIB'],
  ...['LUA_INIT', 'LUA_INIT_5_4', 'LUA_PATH', 'LUA_CPATH'],
  ...['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'CLASSPATH'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'OPENSSL_ENGINES'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'NO_PROXY'],
  ...['LESSOPEN', 'LESSCLOSE', 'SSH_ASKPASS', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS'],
  ...['GIT_EXTERNAL_DIFF', 'GIT_EXEC_PATH', 'GIT_PROXY_COMMAND', 'GIT_TEMPLATE_DIR'],
  ...['GIT_CONFIG_COUNT', 'GIT_CONFIG', 'ASTRID_SESSION_TOKEN', 'ASTRID_X'],
];

/** The same letters, some of them in the other case. */
const otherCase = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) =>
      Array.from(name, (letter, at) => (upper[at] ? letter.toUpperCase() : letter.toLowerCase())).join(''),
    );

describe('a variable', () => {
  it.each(RESERVED)('%s may not be set, in whatever case', (name) => {
    fc.assert(
      fc.property(otherCase(name), (spelling) => {
        expect(isSettable(spelling)).toBe(false);
      }),
    );
  });

  it.each([
    'A',
    '_',
    'a1',
    'HOME',
    'LANG',
    'TERM',
    'MYPATH',
    'PATH_X',
    'LD',
    'OLD_PRELOAD',
    'NODE_ENV',
    'GIT_DIR',
  ])('%s may be set', (name) => {
    expect(isSettable(name)).toBe(true);
  });

  it.each(['', '1A', 'A-B', 'A B', 'Ä', 'A=', 'A\0', 'A\n', '$A'])('%j is no name', (name) => {
    expect(isSettable(name)).toBe(false);
  });

  it('that is passed on from the host may be set instead', () => {
    expect(PASSED_ON.every(isSettable)).toBe(true);
  });
});

const many = (count: number): { key: string; value: string }[] =>
  Array.from({ length: count }, (_, n) => ({ key: `V${n}`, value: 'x' }));

/** An entry of `bytes` as `NAME=value`, by a long name: of a value there may be less. */
const longest = (bytes: number): { key: string; value: string } => ({
  key: 'K'.repeat(bytes - 65_536 - 1),
  value: 'x'.repeat(65_536),
});

/** Entries that take `bytes` together, each with its equals sign and NUL. */
const pieces = (bytes: number): { key: string; value: string }[] => {
  const part = Math.floor(bytes / 32);
  return Array.from({ length: 32 }, (_, at) => ({
    key: `V${String(at).padStart(2, '0')}`,
    value: 'x'.repeat((at < 31 ? part : bytes - 31 * part) - 5),
  }));
};

describe('the entries of a request', () => {
  it('are limited as Linux limits what a program is started with', () => {
    expect([MAX_ENV_ENTRY_BYTES, MAX_ENV_BYTES]).toEqual([131_071, 1_048_576]);
  });

  it.each([
    ['none', [], undefined],
    ['as many as may be', many(MAX_ENV_ENTRIES), undefined],
    ['one more', many(MAX_ENV_ENTRIES + 1), 'too-large'],
    ['the longest value', [{ key: 'A', value: 'x'.repeat(MAX_ENV_VALUE_BYTES) }], undefined],
    ['a value one byte longer', [{ key: 'A', value: 'x'.repeat(MAX_ENV_VALUE_BYTES + 1) }], 'invalid-input'],
    [
      'a value longer in bytes than in characters',
      [{ key: 'A', value: 'ä'.repeat(MAX_ENV_VALUE_BYTES / 2 + 1) }],
      'invalid-input',
    ],
    ['NUL in a value', [{ key: 'A', value: '\0' }], 'invalid-input'],
    ['a name twice', [...many(2), ...many(1)], 'invalid-input'],
    [
      'names that differ in case',
      [
        { key: 'a', value: '' },
        { key: 'A', value: '' },
      ],
      undefined,
    ],
    ['the longest entry', [longest(MAX_ENV_ENTRY_BYTES)], undefined],
    ['an entry one byte longer', [longest(MAX_ENV_ENTRY_BYTES + 1)], 'too-large'],
    ['the most bytes', pieces(MAX_ENV_BYTES), undefined],
    ['one byte more', pieces(MAX_ENV_BYTES + 1), 'too-large'],
    [
      'a long value among too many bytes',
      [...pieces(MAX_ENV_BYTES), { key: 'Z', value: '\0' }],
      'invalid-input',
    ],
    ['a reserved name among others', [...many(2), { key: 'Ld_Preload', value: '' }], 'invalid-input'],
  ])('%s', (_name, entries, problem) => {
    expect(environmentProblem(entries)).toBe(problem);
  });
});
