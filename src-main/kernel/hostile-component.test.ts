import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { expect, it, onTestFinished } from 'vitest';
import { hashComponent } from '../capsules/component/hash.ts';
import { guestCopy } from '../testing/guests.ts';
import { openKernel, startKernel } from '../testing/kernel.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

/** A component that runs by itself, made of one core module. */
async function running(exported: string, more = ''): Promise<Uint8Array> {
  return parse(`(component
    (core module $m ${more} (func (export "${exported}")))
    (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "${exported}")))
    (export "run" (func $f)))`);
}

/** JavaScript behind the end of a string, as a core export; it leaves a mark when it runs. */
const injecting = (mark: string): Promise<Uint8Array> =>
  running(
    `x'];try{TextEncoder.constructor('return process')().getBuiltinModule('node:fs').writeFileSync('${mark}','')}catch{};//`,
  );

const tenMillion = (): Promise<Uint8Array> => running('run', '(table 10000000 funcref)');

async function capsuleOf(name: string, component: Uint8Array): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  await mkdir(folder);
  await writeFile(join(folder, 'c.wasm'), component);
  await writeFile(
    join(folder, 'Capsule.toml'),
    `[package]\nname = "${name}"\nversion = "1.0.0"\n\n[[component]]\nfile = "c.wasm"\n`,
  );
  return folder;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

it('a component whose core export is JavaScript is refused when it is looked at, and none of it runs', async () => {
  const { kernel } = await startKernel();
  const mark = join(await temporaryFolder(), 'mark');
  const folder = await capsuleOf('injecting', await injecting(mark));
  await expect(kernel.inspect(folder)).rejects.toMatchObject({ code: 'component-bad-name' });
  await expect(kernel.install(folder, { grants: [] })).rejects.toMatchObject({ code: 'component-bad-name' });
  expect(kernel.capsules()).toEqual([]);
  expect(await isThere(mark)).toBe(false);
});

/** A component that logs one line of so many bytes, and declares a type of its own for the level. */
async function logging(level: string, length: number): Promise<Uint8Array> {
  return parse(`(component
    (import "astrid:sys/host@1.0.0" (instance $sys
      (export "log" (func (param "level" ${level}) (param "message" string)))))
    (core module $mem (memory (export "memory") 900) (data (i32.const 0)
      "info [types] harmless\\0a1795000000.000 ERROR [other] a line that other never wrote"))
    (core instance $mem (instantiate $mem))
    (alias core export $mem "memory" (core memory $memory))
    (core func $log (canon lower (func $sys "log") (memory $memory) string-encoding=utf8))
    (core module $m (import "h" "log" (func $log (param i32 i32 i32 i32)))
      (func (export "f") (call $log (i32.const 0) (i32.const ${length}) (i32.const 0) (i32.const 4))))
    (core instance $i (instantiate $m (with "h" (instance (export "log" (func $log))))))
    (func $f (canon lift (core func $i "f"))) (export "run" (func $f)) (export "astrid-install" (func $f)))`);
}

it.each([
  ['forges a line of another capsule’s log', 'string', 72],
  ['writes 20 MB to its log at once', 'string', 20_000_000],
  ['hands over a list of fifty million', '(list bool)', 50_000_000],
])(
  'a component that declares another type for the level, and so %s, is refused',
  async (_what, type, length) => {
    const { kernel, dataDir } = await startKernel();
    const folder = await capsuleOf('types', await logging(type, length));
    await expect(kernel.install(folder, { grants: 'all' })).rejects.toMatchObject({
      code: 'component-wrong-type',
      message: expect.stringContaining('its parameter "level" is'),
      hint: "Build it against the contract's WIT of that package.",
    });
    expect(kernel.capsules()).toEqual([]);
    expect(await isThere(join(dataDir, 'logs', 'default', 'types'))).toBe(false);
  },
);

it('a component with a table of ten million elements is not installed', async () => {
  const { kernel } = await startKernel();
  const folder = await capsuleOf('wide', await tenMillion());
  await expect(kernel.install(folder, { grants: [] })).rejects.toMatchObject({
    code: 'guest-refused-to-start',
    message: expect.stringContaining('tables of 10000000 elements'),
  });
  expect(kernel.capsules()).toEqual([]);
});

it('what an earlier version installed is checked again: the application starts, says why it does not run them, and removes them', async () => {
  const dataDir = await temporaryFolder();
  const mark = join(await temporaryFolder(), 'mark');
  const earlier = await openKernel(dataDir);
  await earlier.kernel.install(await guestCopy('trap'), { grants: [] });
  const harmless = await running('run');
  for (const name of ['injecting', 'retyped', 'wide']) {
    await earlier.kernel.install(await capsuleOf(name, harmless), { grants: [] });
  }
  await earlier.kernel.dispose();
  await exchangeComponent(dataDir, 'injecting', await injecting(mark));
  await exchangeComponent(dataDir, 'retyped', await logging('string', 72));
  await exchangeComponent(dataDir, 'wide', await tenMillion());

  const { kernel } = await openKernel(dataDir);
  onTestFinished(() => kernel.dispose());
  await expect
    .poll(() => kernel.capsules())
    .toMatchObject([
      { id: 'injecting', state: 'failed', stateReason: expect.stringContaining('core export') },
      { id: 'retyped', state: 'failed', stateReason: expect.stringContaining('parameter "level"') },
      { id: 'trap' },
      { id: 'wide', state: 'failed', stateReason: expect.stringContaining('tables of 10000000 elements') },
    ]);
  await expect(kernel.invoke({ capsule: 'trap', action: 'ping' })).resolves.toBeDefined();
  expect(await isThere(mark)).toBe(false);
  await kernel.remove('injecting');
  await kernel.remove('retyped');
  await kernel.remove('wide');
  expect(kernel.capsules()).toMatchObject([{ id: 'trap' }]);
});

/** Makes it so that `id` was installed with this component. */
async function exchangeComponent(dataDir: string, id: string, component: Uint8Array): Promise<void> {
  const hash = hashComponent(component);
  const path = join(dataDir, 'capsules', id, 'install.json');
  const record = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(join(dataDir, 'components', `${hash}.wasm`), component);
  await writeFile(path, JSON.stringify({ ...record, hash }));
}
