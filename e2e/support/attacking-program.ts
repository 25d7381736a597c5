import { expect } from '@playwright/test';
import { formatExit } from '../../src-renderer/lib/format-exit.ts';
import type { ProcessView } from '../../src-main/contract/views.ts';
import { invoke, processesOf, request, snapshot } from './bridge.ts';
import { forge, type Forged } from './forged-capsule.ts';
import { installOffered } from './offer.ts';
import { pidsWith } from './os-processes.ts';
import type { Ending, Watched } from './under-watch.ts';

/** A program that holds what it took until it is ended; this is longer than any test waits. */
export const HOLD = 'sleep 300;';

/** From the start of a program to the end that a limit puts to it, on a busy machine. */
const END_LIMIT_MS = 45_000;

/** A capsule that may start these interpreters, and do nothing else that needs a right. */
const starter: Omit<Forged, 'name'> = {
  component: 'probe',
  capabilities: ['host_process = ["perl", "sh"]', 'allow_persistent = true'],
};

/** What the host answers to the test guest. */
interface Answer<Ok> {
  readonly ok?: Ok;
  readonly err?: { readonly tag: string; readonly val?: string } | string;
  readonly threw?: string;
}

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: { readonly exitCode: number | null; readonly signal: number | null };
}

/** What attempts share with their programs: whether anything of it is still alive can be seen by its command line. */
let attempts = 0;
const nextMarker = (): string => {
  attempts += 1;
  return `hostile-${process.pid}-${attempts}`;
};

/** Has the capsule that starts programs there. Answers its id. */
export async function starterOf(watched: Watched): Promise<string> {
  const id = 'starter';
  const { capsules } = await snapshot(watched.desktop.page);
  if (!capsules.some((capsule) => capsule.id === id)) {
    await installOffered(watched.desktop, await forge({ name: id, ...starter }));
  }
  return id;
}

/** Calls one host function through the test guest. */
export async function call<Ok>(
  { desktop: { page } }: Watched,
  id: string,
  name: string,
  args: readonly unknown[],
): Promise<Answer<Ok>> {
  const { data } = await invoke(page, id, name, { args });
  return JSON.parse(data ?? '{}') as Answer<Ok>;
}

/** Runs a program to its end; a refusal to start it is told as such. */
export async function outcomeOf(
  watched: Watched,
  id: string,
  spec: { readonly cmd: string; readonly args: readonly string[] } & object,
): Promise<Ending & Partial<Result>> {
  const { ok, err, threw } = await call<Result>(watched, id, 'process.spawn', [{ env: [], ...spec }]);
  if (ok === undefined) {
    const code = typeof err === 'object' ? err.tag : (err ?? 'threw');
    return { code, words: JSON.stringify(err ?? threw) };
  }
  const { exitCode, signal } = ok.exit;
  const exit = { code: exitCode, signal, reason: 'self' } as const;
  return {
    code: signal === null ? `exit-${exitCode}` : `signal-${signal}`,
    words: formatExit(exit, null, null),
    ...ok,
  };
}

/**
 * Runs a perl program that tries one thing and tells what the system said: `tell($succeeded)`.
 *
 * @returns the name of the error number and its words; `done` when it succeeded
 */
export async function tried(watched: Watched, text: string): Promise<Ending> {
  const marker = nextMarker();
  const ending = await outcomeOf(watched, await starterOf(watched), {
    cmd: 'perl',
    args: ['-e', `${TELL} ${text}`, marker],
  });
  await expectNoneLeft(marker);
  const [, code, words] = /^told (\S+) (.*)$/m.exec(ending.stdout ?? '') ?? [];
  return code === undefined || words === undefined
    ? { code: ending.code, words: `${ending.words} ${ending.stderr ?? ''}` }
    : { code, words };
}

/** Perl: says whether the last call succeeded, and ends. */
const TELL = `use Errno; use Socket; use Fcntl; use POSIX ();
  sub tell_of { my ($done) = @_; my $words = "$!"; my $number = $! + 0;
    if ($done) { print "told done it succeeded\\n"; exit }
    my ($name) = sort grep { $!{$_} } keys %!; print "told $name $words\\n"; exit }
  sub call_of { my $number = shift; my $result = syscall($number, @_); tell_of($result >= 0) }`;

/** Starts a program that takes more and more, and waits for the end that is put to it. */
export async function endedByLimit(
  watched: Watched,
  text: string,
  limits: Readonly<Record<string, number>>,
  cmd = 'perl',
): Promise<Ending> {
  const { page } = watched.desktop;
  const id = await starterOf(watched);
  const marker = nextMarker();
  const spec = { cmd, args: [cmd === 'perl' ? '-e' : '-c', text, marker], env: [], label: marker, limits };
  const { err, threw } = await call(watched, id, 'process.spawnPersistent', [spec]);
  expect([err, threw]).toEqual([undefined, undefined]);
  const find = async (): Promise<ProcessView | undefined> =>
    (await processesOf(page, id)).find(({ label }) => label === marker);
  await expect.poll(async () => (await find())?.phase, { timeout: END_LIMIT_MS }).toBe('exited');
  const view = await find();
  await expectNoneLeft(marker);
  if (view === undefined || view.exit === null) {
    throw new Error('The process is not on show any more.');
  }
  await request(page, 'process.release', { key: view.key });
  return { code: view.exit.reason, words: formatExit(view.exit, view.stop, view.exitedAt, view.limits) };
}

/** Whatever a program started has ended with it. */
async function expectNoneLeft(marker: string): Promise<void> {
  await expect.poll(() => pidsWith(marker)).toEqual([]);
}
