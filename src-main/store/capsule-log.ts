import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { LOG_LINE, LOG_QUEUE, LOG_RETENTION_DAYS } from './limits.ts';
import { createLineWriter } from './line-writer.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** What capsules say through `astrid:sys` log: one file per principal, capsule and UTC day. */
export interface CapsuleLog {
  readonly write: (principal: string, capsule: string, level: LogLevel, message: string) => void;
  readonly flush: () => Promise<void>;
}

export function createCapsuleLog(
  folder: string,
  clock: Clock,
  report: (message: string, error: unknown) => void,
): CapsuleLog {
  const writer = createLineWriter(report);
  /** Lines not kept since the last one that was, by principal and capsule. */
  const lost = new Map<string, number>();
  return {
    write(principal, capsule, level, message) {
      const owner = join(principal, capsule);
      const missing = lost.get(owner) ?? 0;
      if (writer.waiting() >= LOG_QUEUE) {
        lost.set(owner, missing + 1);
        return;
      }
      const now = clock.now();
      const day = new Date(now).toISOString().slice(0, 10);
      // The day is taken at each line, so that a long-lived run loop changes file at midnight.
      const path = join(folder, owner, `${day}.log`);
      if (missing > 0) {
        lost.delete(owner);
        const note = `${missing} lines dropped: the disk was too slow.`;
        writer.append(path, formatLine(now, 'warn', capsule, note));
      }
      writer.append(path, formatLine(now, level, capsule, message));
    },
    flush: writer.flush,
  };
}

/** `<seconds.milliseconds> <LEVEL> [<capsule>] <message>`; control characters escaped, so no line can be forged. */
export function formatLine(now: number, level: LogLevel, capsule: string, message: string): string {
  const cut =
    message.length > LOG_LINE ? `${message.slice(0, LOG_LINE)}… (${message.length} characters)` : message;
  return `${(now / 1_000).toFixed(3)} ${level.toUpperCase()} [${capsule}] ${escapeControls(cut)}`;
}

function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
    return named ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Removes log files older than the retention. */
export async function pruneCapsuleLogs(folder: string, now: number): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const name of names.filter((entry) => /\d{4}-\d\d-\d\d\.log$/.test(entry))) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > LOG_RETENTION_DAYS * 86_400_000) {
      await rm(path, { force: true });
    }
  }
}
