import type { ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { deferred } from '../../src-main/base/deferred.ts';
import { hashComponent } from '../../src-main/capsules/component/hash.ts';
import { snapshot } from '../support/bridge.ts';
import { endBy } from '../support/child.ts';
import { bytesOf, forge } from '../support/forged-capsule.ts';
import { guestComponent, type Guest } from '../support/forged-guest.ts';
import { launchWatched, tagsOf, test } from '../support/hostile-test.ts';
import { ATTACKER, stateOf } from '../support/invocation.ts';
import { launch } from '../support/launch.ts';
import { installOffered } from '../support/offer.ts';
import { underWatch, type Attempt, type Ending, type Watched } from '../support/under-watch.ts';

/** Three or four starts of the application. */
const STARTS_LIMIT_MS = 180_000;

/** Has something to run at the start, so that its component is read then. */
const RETURNS: Guest = { run: '' };
const FOREVER = '(loop $forever (br $forever))';

type Change = (dataDir: string) => Promise<void> | void;

interface Start extends Pick<Attempt, 'name' | 'code'> {
  /** What was installed while it did no harm. */
  readonly guest?: Guest;
  /** What was done to the data folder since; the application does not run. */
  readonly change?: Change;
  /** How often the application was killed since, while the capsule was starting. */
  readonly kills?: number;
  readonly args?: readonly string[];
  readonly run: (watched: Watched) => Promise<Ending>;
}

const state =
  (name: string) =>
  async (watched: Watched): Promise<Ending> => {
    const { code, words } = await stateOf(watched, ATTACKER, name);
    return { code, words: words === '' ? 'it was started, and the application with it' : words };
  };

/** The component is another one than was checked when it was installed. */
const exchanged =
  (component: string): Change =>
  async (dataDir) => {
    const bytes = await bytesOf(component);
    const hash = hashComponent(bytes);
    writeFileSync(join(dataDir, 'components', `${hash}.wasm`), bytes);
    const record = recordOf(dataDir);
    writeFileSync(record.path, JSON.stringify({ ...record.content, hash }));
  };

function recordOf(dataDir: string): { readonly path: string; readonly content: { readonly hash: string } } {
  const path = join(dataDir, 'capsules', ATTACKER, 'install.json');
  return { path, content: JSON.parse(readFileSync(path, 'utf8')) as { hash: string } };
}

/** Its component as installed is another; what was prepared of it is gone, so that it is read again. */
function unprepared(dataDir: string, change: (path: string) => void): void {
  rmSync(join(dataDir, 'transpiled'), { recursive: true });
  change(join(dataDir, 'components', `${recordOf(dataDir).content.hash}.wasm`));
}
const write =
  (name: string, text: string): Change =>
  (dataDir) =>
    writeFileSync(join(dataDir, name), text);
const runs = (more: string): string =>
  `(component ${more} (core module $m (func (export "run"))) (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))`;

async function isSafe({ desktop: { page } }: Watched): Promise<Ending> {
  const { about } = await snapshot(page);
  await expect(page.getByRole('region', { name: /^Safe mode/ })).toBeVisible();
  return {
    code: about.safeMode ?? 'not-safe',
    words: await page.getByRole('region', { name: /^Safe mode/ }).innerText(),
  };
}

const rows: readonly Start[] = [
  {
    name: 'its component became a script',
    code: 'failed',
    guest: RETURNS,
    run: state('failed'),
    change: exchanged(
      `(component (core module $m (func (export "x'];process.exit()//"))) (core instance $i (instantiate $m)) (func (export "run") (canon lift (core func $i "x'];process.exit()//"))))`,
    ),
  },
  {
    name: 'its component got other types',
    code: 'failed',
    guest: RETURNS,
    run: state('failed'),
    change: exchanged(
      runs(
        '(import "astrid:sys/host@1.0.0" (instance (export "log" (func (param "level" (list bool)) (param "message" string)))))',
      ),
    ),
  },
  {
    name: 'its component got a table of ten million',
    code: 'failed',
    guest: RETURNS,
    run: state('failed'),
    change: exchanged(
      '(component (core module $m (table 10000000 funcref) (func (export "run"))) (core instance $i (instantiate $m)) (func (export "run") (canon lift (core func $i "run"))))',
    ),
  },
  {
    name: 'its component was cut',
    code: 'failed',
    guest: RETURNS,
    run: state('failed'),
    change: (dataDir) => unprepared(dataDir, (path) => truncateSync(path, 100)),
  },
  {
    name: 'its component is gone',
    code: 'failed',
    guest: RETURNS,
    run: state('failed'),
    change: (dataDir) => unprepared(dataDir, (path) => rmSync(path)),
  },
  {
    name: 'its component has other bytes',
    code: 'failed',
    guest: RETURNS,
    run: state('failed'),
    change: (dataDir) => unprepared(dataDir, (path) => writeFileSync(path, 'no component')),
  },
  {
    name: 'the list of what was starting is garbage',
    code: 'ready',
    run: state('ready'),
    change: write('starting.json', '{"starting":[{"__proto__":1},"../../x",null]}'),
  },
  {
    name: 'the list of what was starting has ten million brackets',
    code: 'ready',
    run: state('ready'),
    change: write('starting.json', '['.repeat(10_000_000)),
  },
  {
    name: 'the count of sessions is beyond all numbers',
    code: 'ready',
    run: state('ready'),
    change: write('session.json', '{"unexpectedEnds":1e999,"startedAt":-1}'),
  },
  {
    name: 'the record of the bundled ones is garbage',
    code: 'ready',
    run: state('ready'),
    change: write('bundled.json', '\u0000['),
  },
  {
    name: 'it traps whenever it starts',
    code: 'restarting',
    guest: { run: '(unreachable)' },
    run: state('restarting'),
  },
  { name: 'it never returns', code: 'running', guest: { run: FOREVER }, run: state('running') },
  {
    name: 'the application died while it was starting',
    code: 'disabled',
    guest: { run: FOREVER },
    kills: 1,
    run: state('disabled'),
  },
  {
    name: 'the application died twice',
    code: 'unexpected-ends',
    guest: { run: FOREVER },
    kills: 2,
    run: isSafe,
  },
  {
    name: 'a person asks for safe mode',
    code: 'not-started',
    guest: { run: FOREVER },
    args: ['--safe-mode'],
    run: state('not-started'),
  },
];

for (const { name, code, guest = {}, change, kills = 0, args = [], run } of rows) {
  test(`4 start: ${name}`, { tag: tagsOf() }, async () => {
    test.setTimeout(STARTS_LIMIT_MS);
    const started: { readonly close: () => Promise<void> }[] = [];
    try {
      const first = await launchWatched();
      started.push(first);
      const { desktop } = first.watched;
      const { dataDir } = desktop;
      const env = { CAPSULE_DESKTOP_DATA: dataDir };
      await installOffered(desktop, await forge({ name: ATTACKER, component: guestComponent(guest) }));
      await endBy(desktop.child, 'SIGTERM');
      for (let kill = 0; kill < kills; kill += 1) {
        await killWhileStarting(dataDir, kill === 0 ? ATTACKER : '');
      }
      await change?.(dataDir);
      const last = await launchWatched({ env, args });
      started.push(last);
      await underWatch(last.watched, { point: '4 start', name, code, run });
    } finally {
      // The first one's folder holds the data of all.
      for (const each of started.toReversed()) {
        await each.close();
      }
    }
  });
}

/** Once the session counts and this is starting. Nobody waits for the page: what starts may keep a debugger from connecting. */
async function killWhileStarting(dataDir: string, starting: string): Promise<void> {
  const read = (name: string): string => readFileSync(join(dataDir, name), 'utf8');
  const before = read('session.json');
  const spawned = deferred<ChildProcess>();
  const whenSpawned = spawned.resolve;
  const started = launch({ env: { CAPSULE_DESKTOP_DATA: dataDir }, whenSpawned }).catch(() => null);
  const child = await spawned.promise;
  await expect.poll(() => read('session.json')).not.toBe(before);
  await expect.poll(() => read('starting.json')).toContain(starting);
  await endBy(child, 'SIGKILL');
  await (await started)?.close();
}
