import { join } from 'node:path';
import * as z from 'zod/mini';
import { readEarlierRecord, type EarlierRecord } from './earlier-record.ts';
import { createLatestFile } from './latest-file.ts';
import { EARLY_SESSION_MS, MAX_SESSION_RECORD_BYTES } from './limits.ts';
import type { Report } from './own-entries.ts';

/** From the opening of a data folder to the end that somebody asked for. */
export interface Session {
  /** How many sessions in a row, up to the one before, ended unexpectedly within a minute of their start. */
  readonly earlyEnds: number;
  /**
   * This session ends because somebody asked for it; on disk before this returns, whatever becomes of the rest. Resolves
   * when nothing of this session is written any more.
   */
  readonly end: () => Promise<void>;
}

/** How far a session came. */
type Reached = 'started' | 'settled' | 'ended';

const SESSION_NAME = 'session.json';

const sessionRecord = z.object({
  schema: z.literal(1),
  reached: z.enum(['started', 'settled', 'ended']),
  /** Before this session. */
  earlyEnds: z.int().check(z.nonnegative()),
});

type SessionRecord = z.infer<typeof sessionRecord>;

/**
 * Begins a session: from now on until `end`, or until a minute is over, it counts as one that ended unexpectedly. No clock
 * of the wall is asked: that the minute was over is written when it is.
 *
 * @param folder the data folder, which is locked
 */
export async function beginSession(folder: string, report: Report): Promise<Session> {
  const path = join(folder, SESSION_NAME);
  const shape = {
    subject: 'The session record',
    schema: sessionRecord,
    maxBytes: MAX_SESSION_RECORD_BYTES,
  };
  const earlyEnds = earlyEndsAfter(await readEarlierRecord(path, shape, report));
  const file = createLatestFile(path, shape.subject, report);
  await file.write(recordOf('started', earlyEnds));
  const timer = setTimeout(() => void file.write(recordOf('settled', 0)), EARLY_SESSION_MS);
  timer.unref();
  return {
    earlyEnds,
    end() {
      clearTimeout(timer);
      return file.end(recordOf('ended', 0));
    },
  };
}

function earlyEndsAfter(earlier: EarlierRecord<SessionRecord>): number {
  switch (earlier.kind) {
    case 'none':
      return 0;
    case 'unusable':
      // How it ended is not known: as a session that ended early, which alone changes nothing.
      return 1;
    case 'read':
      return earlier.value.reached === 'started' ? earlier.value.earlyEnds + 1 : 0;
  }
}

function recordOf(reached: Reached, earlyEnds: number): string {
  return JSON.stringify({ schema: 1, reached, earlyEnds } satisfies SessionRecord);
}
