import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@playwright/test';
import { seededRandom, type Random } from '../../src-main/testing/seeded-random.ts';
import { bundledInstalled, invoke, request, snapshot } from '../support/bridge.ts';
import { endBy } from '../support/child.ts';
import { forge } from '../support/forged-capsule.ts';
import { CONTINUE, guestComponent } from '../support/forged-guest.ts';
import { guestFolder } from '../support/guests.ts';
import { tagsOf, test } from '../support/hostile-test.ts';
import { launch } from '../support/launch.ts';
import type { Launched } from '../support/launched.ts';
import { installOffered, offer, removeCapsule } from '../support/offer.ts';
import { pidsWith } from '../support/os-processes.ts';
import { TOLD, type Told } from '../support/under-watch.ts';

/** How often the application is killed; 200 take half an hour. */
const KILLS = Number(process.env['KILLS'] ?? '12');
/** Where the moments come from: the same seed kills at the same ones. */
const SEED = Number(process.env['KILLS_SEED'] ?? '8');
/** Two starts, what is done between them, and looking at what is left. */
const KILL_LIMIT_MS = 90_000;
/** From the end of a killed application to that of all that it started. */
const GONE_LIMIT_MS = 15_000;
/** Calls run until they are killed; each lasts some milliseconds, and programs are started meanwhile. */
const CALLS_MS = 1_500;

/** What is installed when nothing is under way. */
const OWN = ['flood', 'repl', 'runner', 'supervisor', 'witness'];
const NEWCOMER = 'newcomer';

interface Scene {
  readonly dataDir: string;
  readonly random: Random;
  /** Of starts after an orderly end, in ms. */
  readonly ordinary: number[];
  /** How long the installation of the newcomer takes, in ms. */
  readonly installMs: number;
  /** Those that have not been closed. */
  readonly open: Set<Launched>;
  /** What the kills left: how often the newcomer was there as a whole, and how often a capsule was off. */
  readonly left: { whole: number; disabled: number };
}

/** What is under way when the application is killed; resolves when it has ended. */
type Moment = (scene: Scene, index: number) => Promise<void>;

const moments: Readonly<Record<string, Moment>> = {
  async install(scene, index) {
    const desktop = await startOrdinary(scene);
    const folder = await newcomer(index);
    let killed: Promise<unknown> | undefined;
    const installed = offer(desktop, folder, () => {
      killed = pause(scene.random(1.3 * scene.installMs)).then(() => endBy(desktop.child, 'SIGKILL'));
      return killed;
    });
    await installed.catch(() => undefined);
    await killed;
    expect(desktop.child.signalCode).toBe('SIGKILL');
    await close(scene, desktop);
  },
  async start({ dataDir, ordinary, random }) {
    let killed: Promise<unknown> | undefined;
    const started = launch({
      env: { CAPSULE_DESKTOP_DATA: dataDir },
      whenSpawned: (child) => {
        killed = pause(random(1.2 * median(ordinary))).then(() => endBy(child, 'SIGKILL'));
      },
    });
    const desktop = await started.catch(() => null);
    await killed;
    await desktop?.close();
  },
  async call(scene) {
    const desktop = await startOrdinary(scene);
    const { page, child } = desktop;
    const script = `: ${marker(scene)}; while :; do echo line; done`;
    const calls = [
      endlessly(() => invoke(page, 'witness', 'ping')),
      endlessly(() => invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label: 'child' })),
    ];
    await pause(scene.random(CALLS_MS));
    await endBy(child, 'SIGKILL');
    await Promise.all(calls);
    await close(scene, desktop);
  },
};

test(
  `4 start: killed ${KILLS} times at random moments of install, start and call`,
  { tag: tagsOf() },
  async () => {
    test.setTimeout((KILLS + 2) * KILL_LIMIT_MS);
    const first = await launch();
    const open = new Set<Launched>();
    try {
      const installMs = await prepare(first);
      const scene: Scene = {
        ...{ dataDir: first.dataDir, random: seededRandom(SEED), ordinary: [], installMs, open },
        left: { whole: 0, disabled: 0 },
      };
      for (let warm = 0; warm < 2; warm += 1) {
        await endOrderly(scene, await startOrdinary(scene));
      }
      const after: number[] = [];
      for (let index = 0; index < KILLS; index += 1) {
        const [name, moment] = Object.entries(moments)[index % 3] ?? [];
        await test.step(`${index}: ${name}`, async () => {
          await moment?.(scene, index);
          const { desktop, ms } = await start(scene);
          after.push(ms);
          await expectWhole(desktop, scene);
          await endOrderly(scene, desktop);
        });
      }
      tell(scene, after);
    } finally {
      // The first one's folder holds the data of all.
      for (const each of [...open, first]) {
        await each.close();
      }
    }
  },
);

/** Installs what is looked at after each start. Answers how long the installation of one more takes. */
async function prepare(desktop: Launched): Promise<number> {
  await bundledInstalled(desktop);
  await installOffered(desktop, guestFolder('flood'));
  const hour = '(i64.const 3600000000000)';
  const witness = guestComponent({
    hook: CONTINUE,
    run: `(call $sleep-ns ${hour} (i32.const 2048))`,
  });
  await installOffered(desktop, await forge({ name: 'witness', component: witness }));
  let since = 0;
  await offer(desktop, await newcomer(-1), () => {
    since = performance.now();
    return Promise.resolve();
  });
  const installMs = performance.now() - since;
  await removeCapsule(desktop, NEWCOMER);
  await end(desktop);
  return installMs;
}

/** Never the same one twice, so that it is prepared each time. */
function newcomer(index: number): Promise<string> {
  const more = `(data (i32.const 4096) "newcomer ${index}")`;
  return forge({ name: NEWCOMER, component: guestComponent({ more, install: '' }) });
}

/** Starts on what an orderly end left, which is what the others are compared with. */
async function startOrdinary(scene: Scene): Promise<Launched> {
  const { desktop, ms } = await start(scene);
  scene.ordinary.push(ms);
  return desktop;
}

/** Milliseconds from the start of the program to the answer of its kernel in the window. */
async function start({ dataDir, open }: Scene): Promise<{ readonly desktop: Launched; readonly ms: number }> {
  const since = performance.now();
  const desktop = await launch({ env: { CAPSULE_DESKTOP_DATA: dataDir } });
  open.add(desktop);
  await snapshot(desktop.page);
  return { desktop, ms: performance.now() - since };
}

/** What was installed is there and works, what was being installed is there as a whole or not at all, and nothing else is. */
async function expectWhole(desktop: Launched, scene: Scene): Promise<void> {
  const { page } = desktop;
  await expect.poll(() => pidsWith(marker(scene)), { timeout: GONE_LIMIT_MS }).toEqual([]);
  const { capsules, about } = await snapshot(page);
  expect(about.safeMode).toBeNull();
  const ids = capsules.map(({ id }) => id);
  expect(ids.filter((id) => id !== NEWCOMER)).toEqual(OWN);
  expect(readdirSync(join(scene.dataDir, 'capsules')).toSorted()).toEqual(ids.toSorted());
  const hashes = new Set(capsules.map(({ hash }) => `${hash}.wasm`));
  expect(new Set(readdirSync(join(scene.dataDir, 'components')))).toEqual(hashes);
  for (const { id, state, stateReason } of capsules) {
    if (state === 'disabled') {
      scene.left.disabled += 1;
      expect(stateReason).toContain('it was starting when Capsule Desktop ended unexpectedly.');
      await request(page, 'capsule.setEnabled', { id, enabled: true });
    }
  }
  scene.left.whole += ids.includes(NEWCOMER) ? 1 : 0;
  for (const id of ids.filter((one) => ['witness', NEWCOMER].includes(one))) {
    expect(await invoke(page, id, 'ping')).toMatchObject({ refused: false });
  }
  await removeCapsule(desktop, NEWCOMER);
}

async function endOrderly(scene: Scene, desktop: Launched): Promise<void> {
  await end(desktop);
  await close(scene, desktop);
}

async function end({ child }: Launched): Promise<void> {
  expect(await endBy(child, 'SIGTERM')).toEqual([0, null]);
}

async function close({ open }: Scene, desktop: Launched): Promise<void> {
  open.delete(desktop);
  await desktop.close();
}

/** Until it fails, as it does once there is nobody to answer. */
async function endlessly(act: () => Promise<unknown>): Promise<void> {
  for (let failed = false; !failed;) {
    failed = await act().then(
      () => false,
      () => true,
    );
  }
}

/** Stands in the command lines of what the capsules start. */
function marker({ dataDir }: Scene): string {
  return `kills-${dataDir.replaceAll(/\W+/g, '-')}`;
}

function tell({ ordinary, left }: Scene, after: readonly number[]): void {
  const [usual, killed] = [median(ordinary), median(after)];
  const words = `a start after a kill took ${killed.toFixed(0)} ms, at most ${Math.max(...after).toFixed(0)}; an ordinary one ${usual.toFixed(0)}, at most ${Math.max(...ordinary).toFixed(0)}; the newcomer was there ${left.whole} times, a capsule was off ${left.disabled} times`;
  const told: Told = {
    ...{ point: '4 start', name: `killed ${KILLS} times`, code: 'started', words },
    longestMs: Math.round(Math.max(...after)),
  };
  test.info().annotations.push({ type: TOLD, description: JSON.stringify(told) });
  process.stdout.write(`${words}; ratio of the medians ${(killed / usual).toFixed(2)}\n`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
