/** Entries of a child's environment that a guest may set (the reference's numbers). */
export const MAX_ENV_ENTRIES = 256;
export const MAX_ENV_VALUE_BYTES = 65_536;
/** Bytes of one entry as `NAME=value`: Linux takes 128 KiB with the NUL behind it (`MAX_ARG_STRLEN`). */
export const MAX_ENV_ENTRY_BYTES = 128 * 1_024 - 1;
/** Bytes of all entries together: with the arguments and bubblewrap's own within the 2 MiB that Linux takes at the usual stack limit. */
export const MAX_ENV_BYTES = 1_024 * 1_024;

/** Host variables that every child sees, when the host has them: language and time zone. */
export const PASSED_ON = ['LANG', 'LC_ALL', 'LC_CTYPE', 'TZ'] as const;

/**
 * Names that steer loaders, interpreters and what programs start, or carry the host's own: a guest that may run
 * `git` must not turn it into a shell by its environment. One list for every way to start a program; the reference
 * keeps two that disagree, and these are both and what neither has. Compared without regard to case. `HOME` and
 * `TMPDIR` are free, as they only move what the sandbox holds anyway; so are pagers and editors, which
 * well-behaved capsules switch off by them (`GIT_PAGER=cat`).
 */
const RESERVED: ReadonlySet<string> = new Set([
  ...['PATH', 'ENV', 'BASH_ENV', 'BASHOPTS', 'SHELLOPTS', 'PROMPT_COMMAND', 'ZDOTDIR', 'GCONV_PATH'],
  ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS'],
  ...['PYTHONHOME', 'PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONUSERBASE', 'PYTHONBREAKPOINT', 'PYTHONINSPECT'],
  ...[
    'PERL5OPT',
    'PERL5LIB',
    'PERLLIB',
    'PERL5DB',
    'RUBYOPT',
    'RUBYLIB',
    'LUA_INIT',
    'LUA_PATH',
    'LUA_CPATH',
  ],
  ...['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'CLASSPATH'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'OPENSSL_CONF', 'OPENSSL_MODULES', 'OPENSSL_ENGINES'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'NO_PROXY'],
  ...['LESSOPEN', 'LESSCLOSE', 'SSH_ASKPASS'],
  ...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS', 'GIT_EXTERNAL_DIFF', 'GIT_EXEC_PATH', 'GIT_PROXY_COMMAND'],
  ...['GIT_TEMPLATE_DIR'],
]);
const RESERVED_PREFIXES = ['LD_', 'DYLD_', 'ASTRID_', 'NPM_CONFIG_', 'GIT_CONFIG', 'BASH_FUNC_', 'LUA_INIT_'];

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export type EnvironmentProblem = 'too-large' | 'invalid-input';

/** What is wrong with the entries a guest wants to set, or undefined. */
export function environmentProblem(
  entries: readonly { readonly key: string; readonly value: string }[],
): EnvironmentProblem | undefined {
  // An entry of so many characters has more bytes: what is far too large is not looked at.
  const isLong = ({ key, value }: { key: string; value: string }): boolean =>
    key.length + value.length > MAX_ENV_ENTRY_BYTES;
  if (entries.length > MAX_ENV_ENTRIES || entries.some(isLong)) {
    return 'too-large';
  }
  const names = new Set(entries.map(({ key }) => key));
  const sound = entries.every(({ key, value }) => isSettable(key) && isValue(value));
  if (!sound || names.size !== entries.length) {
    return 'invalid-input';
  }
  // Names are plain ASCII by now; each entry has an equals sign and a NUL beside name and value.
  const sizes = entries.map(({ key, value }) => key.length + Buffer.byteLength(value) + 1);
  const bytes = sizes.reduce((sum, size) => sum + size + 1, 0);
  return bytes > MAX_ENV_BYTES || sizes.some((size) => size > MAX_ENV_ENTRY_BYTES) ? 'too-large' : undefined;
}

/** Whether a guest may set a variable of this name. */
export function isSettable(name: string): boolean {
  if (name.length > MAX_ENV_ENTRY_BYTES) {
    return false;
  }
  const upper = name.toUpperCase();
  return (
    NAME.test(name) && !RESERVED.has(upper) && !RESERVED_PREFIXES.some((prefix) => upper.startsWith(prefix))
  );
}

function isValue(value: string): boolean {
  return !value.includes('\0') && Buffer.byteLength(value) <= MAX_ENV_VALUE_BYTES;
}
