import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { LOG_BYTES_PER_SECOND, LOG_FILE_BYTES, LOG_LINE, LOG_QUEUE_BYTES } from './limits.ts';
import { createLineWriter } from './line-writer.ts';
import { onceASecond } from './once-a-second.ts';
import { OwnerBudget } from './owner-budget.ts';
import type { Report } from './own-entries.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** What capsules say through `astrid:sys` log: one file per principal, capsule and UTC day. */
export interface CapsuleLog {
  readonly write: (principal: string, capsule: string, level: LogLevel, message: string) => void;
  /** Resolves when everything written so far is in the files, or one more attempt to write it has failed. */
  readonly flush: () => Promise<void>;
  /** `flush`, and gives up what is still waiting. */
  readonly close: () => Promise<void>;
}

/** Why lines are not in the log. */
type Omission = 'rate' | 'slow' | 'full';

/** The log of one capsule for one principal. */
interface Owner {
  readonly capsule: string;
  path: string;
  /** Bytes of the file at `path`, those that wait for the disk among them. */
  size: number;
  /** Lines left out since the last note that said so, and their bytes. */
  readonly omitted: Map<Omission, { lines: number; bytes: number }>;
}

const NOTES: Readonly<Record<Omission, string>> = {
  rate: 'the capsule logged more than it may in one second',
  slow: 'the disk was too slow',
  full: 'the file of the day was full',
};

/**
 * Each capsule may write so much in a second and in a day (`limits.ts`); one line says what was left out. Lines that
 * were left out of a full file are counted in the file of the next day.
 */
export function createCapsuleLog(folder: string, clock: Clock, report: Report): CapsuleLog {
  const writer = createLineWriter(report);
  const budget = new OwnerBudget(LOG_BYTES_PER_SECOND);
  const owners = new Map<string, Owner>();

  const openOwner = (principal: string, capsule: string, now: number): Owner => {
    const key = join(principal, capsule);
    const known = owners.get(key);
    // The day is taken at each line, so that a long-lived run loop changes file at midnight.
    const path = join(folder, key, `${new Date(now).toISOString().slice(0, 10)}.log`);
    if (known?.path === path) {
      return known;
    }
    const owner: Owner = { capsule, path, size: sizeOf(path), omitted: known?.omitted ?? new Map() };
    owners.set(key, owner);
    return owner;
  };

  const append = (owner: Owner, line: string): void => {
    owner.size += Buffer.byteLength(line) + 1;
    writer.append(owner.path, line);
  };

  const note = (owner: Owner, omission: Omission): void => {
    const omitted = owner.omitted.get(omission);
    if (omitted !== undefined) {
      owner.omitted.delete(omission);
      const lines = `${omitted.lines} line${omitted.lines === 1 ? '' : 's'}`;
      const text = `${lines} (${omitted.bytes} bytes) left out: ${NOTES[omission]}.`;
      append(owner, formatLine(clock.now(), 'warn', owner.capsule, text));
    }
  };

  const omit = (owner: Owner, omission: Omission, bytes: number): void => {
    const omitted = owner.omitted.get(omission) ?? { lines: 0, bytes: 0 };
    owner.omitted.set(omission, { lines: omitted.lines + 1, bytes: omitted.bytes + bytes });
  };

  const notes = onceASecond(() => owners.forEach((owner) => note(owner, 'rate')));

  return {
    write(principal, capsule, level, message) {
      const [now, monotonic] = [clock.now(), clock.monotonic()];
      notes.arrive(monotonic);
      const owner = openOwner(principal, capsule, now);
      const line = formatLine(now, level, capsule, message);
      const bytes = Buffer.byteLength(line) + 1;
      if (owner.size >= LOG_FILE_BYTES) {
        omit(owner, 'full', bytes);
        return;
      }
      note(owner, 'full');
      if (budget.admit(owner.path, monotonic, bytes) !== 'write') {
        omit(owner, 'rate', bytes);
        notes.ask(monotonic);
        return;
      }
      if (writer.waiting() + bytes > LOG_QUEUE_BYTES) {
        omit(owner, 'slow', bytes);
        return;
      }
      note(owner, 'slow');
      append(owner, line);
      if (owner.size >= LOG_FILE_BYTES) {
        const text = `This file has reached ${LOG_FILE_BYTES} bytes; what the capsule writes until midnight UTC is left out.`;
        append(owner, formatLine(now, 'warn', capsule, text));
      }
    },
    flush() {
      notes.finish();
      return writer.flush();
    },
    async close() {
      notes.finish();
      // What the next day’s file would have said.
      owners.forEach((owner) => note(owner, 'full'));
      await writer.close();
    },
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

/** Asked once a day and owner, so the caller may wait for it. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // Not there yet. Anything else the attempt to write it will meet and report.
    return 0;
  }
}
