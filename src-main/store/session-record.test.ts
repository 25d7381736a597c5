import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { EARLY_SESSION_MS } from './limits.ts';
import { beginSession, type Session } from './session-record.ts';

const ENDS = ['ordinary', 'killed early', 'killed late'] as const;

const begin = (folder: string): Promise<Session> =>
  beginSession(folder, (message) => expect.unreachable(message));

it('counts the sessions in a row that were killed within a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...ENDS), { maxLength: 6 }), async (ends) => {
      const folder = await temporaryFolder();
      const path = join(folder, 'session.json');
      for (const end of ends) {
        const session = await begin(folder);
        // To the last millisecond.
        vi.advanceTimersByTime(EARLY_SESSION_MS - 1);
        await new Promise(setImmediate);
        const early = await readFile(path, 'utf8');
        if (end === 'killed late') {
          vi.advanceTimersByTime(1);
          await vi.waitFor(async () => expect(await readFile(path, 'utf8')).not.toBe(early));
        }
        const left = await readFile(path, 'utf8');
        await session.end();
        if (end !== 'ordinary') {
          await writeFile(path, left);
        }
      }
      const last = await begin(folder);
      const early = [...ends].reverse().findIndex((end) => end !== 'killed early');
      expect(last.earlyEnds).toBe(early === -1 ? ends.length : early);
      await last.end();
    }),
    { numRuns: 20 },
  );
});

it('has written that it ends when `end` returns, and that it has ended stays so after the minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const folder = await temporaryFolder();
  const read = (): Promise<string> => readFile(join(folder, 'session.json'), 'utf8');
  const session = await begin(folder);
  await expect(read()).resolves.toContain('"started"');
  vi.advanceTimersByTime(EARLY_SESSION_MS);
  const ended = session.end();
  await expect(read()).resolves.toContain('"ended"');
  await ended;
  vi.advanceTimersByTime(EARLY_SESSION_MS);
  await new Promise(setImmediate);
  await expect(read()).resolves.toContain('"ended"');
});
