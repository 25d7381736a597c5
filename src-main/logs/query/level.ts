/** How serious a line says that it is. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** From the least to the most serious. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

/** Where a line names its level, if it does: behind a time, a name and a module at most. */
const HEAD_CHARACTERS = 256;

/**
 * The level that a line names, by the habits of the common loggers; null when it names none. The first name counts: what
 * stands behind it is the message. Reads the line's head only, in time linear to it.
 */
export function levelOf(line: string): LogLevel | null {
  const found = NAMED.exec(line.slice(0, HEAD_CHARACTERS));
  if (found === null) {
    return null;
  }
  const [, number, field, glog, priority, ...names] = found;
  if (number !== undefined) {
    return byNumber(Number(number));
  }
  if (glog !== undefined) {
    return GLOG[glog] ?? null;
  }
  if (priority !== undefined) {
    return byPriority(Number(priority));
  }
  const name = field ?? names.find((each) => each !== undefined);
  return name === undefined ? 'error' : (NAMES[name.toLowerCase()] ?? null);
}

const NAMES: Readonly<Record<string, LogLevel>> = {
  ...{ trace: 'trace', debug: 'debug', info: 'info', information: 'info', notice: 'info' },
  ...{ warn: 'warn', warning: 'warn', err: 'error', error: 'error', severe: 'error', fatal: 'error' },
  ...{ crit: 'error', critical: 'error', panic: 'error', alert: 'error', emerg: 'error' },
};
const CAPITALS = Object.keys(NAMES)
  .map((name) => name.toUpperCase())
  .join('|');
const ANY_CASE = Object.keys(NAMES)
  .map((name) => name.replace(/./gu, (letter) => `[${letter}${letter.toUpperCase()}]`))
  .join('|');

/**
 * The leftmost of: a field of JSON or logfmt with a name or with pino's number; the letter and date of glog; the priority
 * of systemd, sd-daemon(3); a name in brackets, before a colon or in capitals; an exception (`TypeError: …`), the one without a group.
 */
const NAMED = new RegExp(
  [
    String.raw`\b(?:level|lvl|severity|loglevel)"?\s?[:=]\s?"?(?:([1-6]0)\b|(${ANY_CASE})\b)`,
    String.raw`^([IWEF])\d{4} `,
    String.raw`^<([0-7])>`,
    String.raw`[[<(|](${ANY_CASE})\s{0,2}[\]>)|]`,
    String.raw`\b(${ANY_CASE}):`,
    String.raw`\b(${CAPITALS})\b`,
    String.raw`\b[A-Z]\w{0,64}(?:Error|Exception):`,
  ].join('|'),
  'u',
);

const GLOG: Readonly<Record<string, LogLevel>> = { I: 'info', W: 'warn', E: 'error', F: 'error' };

/** pino and bunyan: 10 is trace, 60 fatal. */
function byNumber(number: number): LogLevel {
  return LOG_LEVELS[number / 10 - 1] ?? 'error';
}

/** syslog(3): 0 is an emergency, 7 debug. */
function byPriority(priority: number): LogLevel {
  if (priority >= 5) {
    return priority === 7 ? 'debug' : 'info';
  }
  return priority === 4 ? 'warn' : 'error';
}
