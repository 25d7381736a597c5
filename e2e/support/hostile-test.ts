import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { giveTo, temporaryFolder } from './account.ts';
import { openBait } from './bait.ts';
import { bundledInstalled, snapshot } from './bridge.ts';
import { forge, type Forged } from './forged-capsule.ts';
import { CONTINUE, guestComponent } from './forged-guest.ts';
import { launchInstalled } from './launch-installed.ts';
import { launchWithHook } from './launch-with-hook.ts';
import type { LaunchOptions } from './launched.ts';
import { installOffered } from './offer.ts';
import { installed } from './program.ts';
import { differsBy, LONG } from './tags.ts';
import { underWatch, type Attempt, type Ending, type Watched } from './under-watch.ts';

/** A start, the three capsules that ship with the application, and one more, on a machine that does much else. */
const START_LIMIT_MS = 90_000;
const WITNESS = 'witness';
/** What is installed and does no harm. */
const OWN = ['repl', 'runner', 'supervisor', WITNESS];
/** Each call of the witness asks the host for something. */
const ASK_HOST = `(call $get-config (i32.const 0) (i32.const 8) (i32.const 2048)) ${CONTINUE}`;

/** One application for all specs of a worker: what they install they remove. After a failure there is a new one. */
export const test = base.extend<object, { readonly watched: Watched }>({
  watched: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads which fixtures it needs from this pattern
    async ({}, use) => {
      const { watched, close } = await launchWatched();
      await use(watched);
      await close();
    },
    { scope: 'worker', timeout: START_LIMIT_MS },
  ],
});

/** A row of a table. In `npm test` run those that are `short`; `npm run test:hostile` runs all. */
export interface Row extends Omit<Attempt, 'point' | 'run'> {
  readonly short?: true;
  /** What it takes, written before anybody watches: making a large component holds up who asks. */
  readonly capsule?: (watched: Watched) => Forged;
  /** @param folder of that capsule; empty without one */
  readonly run: (watched: Watched, folder: string) => Promise<Ending>;
}

/** One test for each row, on the application that the specs share. */
export function attempts(point: string, rows: readonly Row[]): void {
  for (const { short, capsule, run, ...row } of rows) {
    test(`${point}: ${row.name}`, { tag: tagsOf(short) }, async ({ watched }) => {
      const folder = capsule === undefined ? '' : await forge(capsule(watched));
      await underWatch(watched, { point, ...row, run: (given) => run(given, folder) });
    });
  }
}

export function tagsOf(short?: true): string[] {
  const { tag } = differsBy('@user');
  return short === true ? [tag] : [tag, LONG];
}

/** Starts what is tested and puts beside it what is watched. */
export async function launchWatched(
  options: LaunchOptions = {},
): Promise<{ readonly watched: Watched; readonly close: () => Promise<void> }> {
  const { desktop, inMain } = await start(options);
  const bait = await openBait();
  const close = async (): Promise<void> => {
    bait.close();
    await desktop.close();
  };
  try {
    await bundledInstalled(desktop);
    const { about } = await snapshot(desktop.page);
    const witness = about.safeMode === null ? WITNESS : null;
    if (!(await snapshot(desktop.page)).capsules.some(({ id }) => id === WITNESS)) {
      await installOffered(
        desktop,
        await forge({ name: WITNESS, component: guestComponent({ hook: ASK_HOST }) }),
      );
    }
    const decoy = makeDecoy();
    const capsules = (await snapshot(desktop.page)).capsules.filter(({ id }) => OWN.includes(id));
    const own = capsules.flatMap(({ id, hash }) => [`capsules/${id}`, `components/${hash}.wasm`]);
    const untouched = [decoy, ...[...own, 'bundled.json'].map((path) => join(desktop.dataDir, path))];
    return { watched: { desktop, inMain, witness, untouched, decoy, bait }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: LaunchOptions): Promise<Pick<Watched, 'desktop' | 'inMain'>> {
  if (installed !== null) {
    return { desktop: await launchInstalled(installed, options), inMain: null };
  }
  const desktop = await launchWithHook(options);
  return { desktop, inMain: desktop.inMain };
}

/** What an operator has, whom nobody granted anything of. */
function makeDecoy(): string {
  const account = installed?.account ?? null;
  const decoy = join(temporaryFolder(account), 'operator');
  for (const folder of [decoy, join(decoy, '.ssh'), join(decoy, 'project')]) {
    mkdirSync(folder);
    giveTo(account, folder);
  }
  for (const file of ['.ssh/id_ed25519', 'project/notes.txt', '.profile']) {
    writeFileSync(join(decoy, file), `${SECRET}\n`);
    giveTo(account, join(decoy, file));
  }
  return decoy;
}

/** Stands in each file of the operator's. */
export const SECRET = 'the secret of the operator';
