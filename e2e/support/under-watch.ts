import { expect, test } from '@playwright/test';
import type { Failure } from '../../src-main/contract/requests.ts';
import type { Bait } from './bait.ts';
import { ask, invoke } from './bridge.ts';
import { contentsOf, type Contents } from './contents.ts';
import type { Launched } from './launched.ts';
import type { InMain } from './main-channel.ts';

/** How often the application is asked whether it still answers. */
const PING_EVERY_MS = 100;
/** An application that hangs. An answer takes some milliseconds; with ten programs waiting for two cores 4 s were seen. */
const HANGS_MS = 10_000;

/** The application with what must not come to harm beside the one that attacks. */
export interface Watched {
  readonly desktop: Launched;
  /** Into main itself, which only the build of this tree lets anybody. */
  readonly inMain: InMain | null;
  /** The id of an installed capsule that answers every call; null in safe mode, where none does. */
  readonly witness: string | null;
  /** Folders of the operator and of the application in which nothing may change. */
  readonly untouched: readonly string[];
  /** A folder of the operator that no capsule was granted; one of `untouched`. */
  readonly decoy: string;
  /** A server on this machine that nobody may reach. */
  readonly bait: Bait;
}

/** How an attempt ended, as a person gets to know it. */
export interface Ending {
  readonly code: string;
  /** What happened and, where the application itself says it, what to do next. */
  readonly words: string;
}

/** What is told of an attempt, for the table of `npm run test:hostile`. */
export interface Told extends Ending {
  readonly point: string;
  readonly name: string;
  readonly longestMs: number;
}

export const TOLD = 'hostile';

export interface Attempt {
  /** What of the application it attacks. */
  readonly point: string;
  readonly name: string;
  readonly run: (watched: Watched) => Promise<Ending>;
  /** Of how it ended. */
  readonly code: string | RegExp;
  /** It uses up what the page may ask in a second: the page's own answer that it may not is one as well. */
  readonly floods?: true;
}

/**
 * Has somebody attack the application, and meanwhile asks it for an answer every 100 ms and calls another capsule. Fails
 * unless every question was answered, every call of the other capsule succeeded, nothing outside changed, nobody reached
 * the bait, and the attempt ended with a code and words.
 */
export async function underWatch(watched: Watched, attempt: Attempt): Promise<Ending> {
  const before = snapshotOf(watched);
  const asked = watched.bait.asked.length;
  const watch = startWatch(watched, attempt.floods === true);
  let ending: Ending;
  try {
    ending = await attempt.run(watched);
  } finally {
    await watch.stop();
  }
  const { name, point } = attempt;
  const told: Told = { point, name, ...ending, longestMs: Math.round(watch.longestMs()) };
  test.info().annotations.push({ type: TOLD, description: JSON.stringify(told) });
  expect(watch.unanswered()).toEqual([]);
  expect(watch.longestMs(), 'the longest wait for an answer, in ms').toBeLessThan(HANGS_MS);
  if (watched.witness !== null) {
    expect((await invoke(watched.desktop.page, watched.witness, 'ping')).refused).toBe(false);
  }
  expect(snapshotOf(watched)).toEqual(before);
  expect(watched.bait.asked.slice(asked)).toEqual([]);
  expect(ending.words).not.toBe('');
  expect(ending.code).toMatch(
    typeof attempt.code === 'string' ? new RegExp(`^(${attempt.code})$`) : attempt.code,
  );
  return ending;
}

/** A failure has to say what to do next. */
export function endingOf({ code, message, hint }: Failure): Ending {
  expect(message).not.toBe('');
  expect(hint, `the hint of ${code}: ${message}`).not.toBe('');
  return { code, words: `${message} ${hint}` };
}

function snapshotOf({ untouched }: Watched): readonly Contents[] {
  return untouched.map(contentsOf);
}

interface Watch {
  /** Asks no more, and waits for the answers that are missing. */
  readonly stop: () => Promise<void>;
  /** What was answered with anything but success, or not at all. */
  readonly unanswered: () => readonly string[];
  readonly longestMs: () => number;
}

function startWatch({ desktop: { page }, inMain, witness }: Watched, floods: boolean): Watch {
  const wrong: string[] = [];
  const waiting = new Set<Promise<void>>();
  let longest = 0;
  let calling = false;
  const time = (what: string, question: () => Promise<string>): void => {
    const since = performance.now();
    const answered = question().then(
      (problem) => {
        longest = Math.max(longest, performance.now() - since);
        if (problem !== '') {
          wrong.push(`${what}: ${problem}`);
        }
      },
      (error: unknown) => void wrong.push(`${what}: ${String(error)}`),
    );
    waiting.add(answered);
    void answered.then(() => waiting.delete(answered));
  };
  const call = async (id: string): Promise<string> => {
    calling = true;
    try {
      const { refused, data } = await invoke(page, id, 'ping');
      return refused ? (data ?? 'refused') : '';
    } catch (error) {
      return floods && String(error).includes('too-many-requests') ? '' : String(error);
    } finally {
      calling = false;
    }
  };
  const ping = (): void => {
    time('a question of the page', async () => {
      const reply = await ask(page, 'state.snapshot', null);
      return reply.ok || (floods && reply.error.code === 'too-many-requests') ? '' : reply.error.message;
    });
    if (inMain !== null) {
      time('a question to main', async () => ((await inMain(() => true, null)) ? '' : 'no answer'));
    }
    if (!calling && witness !== null) {
      time(`a call of ${witness}`, () => call(witness));
    }
  };
  ping();
  const timer = setInterval(ping, PING_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(waiting);
    },
    unanswered: () => wrong,
    longestMs: () => longest,
  };
}
