import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack as createPack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { CapsuleView } from '../../contract/views.ts';
import { guestCopy } from '../../testing/guests.ts';
import { startKernel, type KernelUnderTest } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { installBundled } from './install-bundled.ts';

/** The flood guest as a `.capsule` file; each version has a component of its own, and the second asks for more. */
async function packed(folder: string, version: string): Promise<string> {
  const more = version === '0.1.0' ? '' : '\nkv = ["*"]';
  const source = await guestCopy('flood', {
    '0.1.0': version,
    'allow_persistent = true': `allow_persistent = true${more}`,
  });
  const name = Buffer.from(version);
  const custom = Buffer.from([0, name.length + 1, name.length, ...name]);
  const component = Buffer.concat([await readFile(join(source, 'build', 'flood.wasm')), custom]);
  const tar = createPack();
  const whole = buffer(tar);
  tar.entry({ name: 'Capsule.toml' }, await readFile(join(source, 'Capsule.toml')));
  tar.entry({ name: 'build/flood.wasm' }, component);
  tar.finalize();
  // Under one name, as in the next version of the application.
  const path = join(folder, 'flood.capsule');
  await writeFile(path, gzipSync(await whole));
  return path;
}

interface Application extends KernelUnderTest {
  readonly record: string;
  /** Starts the application in a version that brings this version of the capsule; it reports nothing but `said`. */
  readonly start: (version: string, said?: readonly string[]) => Promise<readonly CapsuleView[]>;
  /** What a person installs by hand. */
  readonly file: (version: string) => Promise<string>;
}

async function application(): Promise<Application> {
  const started = await startKernel();
  const [bundle, other] = [await temporaryFolder(), await temporaryFolder()];
  const record = join(started.dataDir, 'bundled.json');
  return {
    ...started,
    record,
    async start(version, said = []) {
      const reports: string[] = [];
      const path = await packed(bundle, version);
      await installBundled(started.kernel, [path], record, (message) => reports.push(message));
      expect(reports).toEqual(said);
      return started.kernel.capsules();
    },
    file: (version) => packed(other, version),
  };
}

const granted = ([view]: readonly CapsuleView[]): readonly string[] =>
  (view?.capabilities ?? []).filter((each) => each.granted).map(({ name }) => name);

describe('a capsule that ships with the application', () => {
  it('is installed at the first start with all it asks for, and not again', async () => {
    const { start, events } = await application();
    const first = await start('0.1.0');
    expect(first).toMatchObject([{ id: 'flood', version: '0.1.0', enabled: true }]);
    expect(granted(first)).toEqual(['host_process', 'allow_persistent']);
    const before = events.length;
    await expect(start('0.1.0')).resolves.toEqual(first);
    expect(events).toHaveLength(before);
  });

  it('is replaced by a newer one with the grants and the switch as the person left them', async () => {
    const { start, file, kernel } = await application();
    await start('0.1.0');
    await kernel.install(await file('0.1.0'), { grants: ['allow_persistent'] });
    await kernel.setEnabled('flood', false);
    const after = await start('0.2.0');
    expect(after).toMatchObject([{ version: '0.2.0', enabled: false, state: 'disabled' }]);
    expect(granted(after)).toEqual(['allow_persistent']);
  });

  it('gets no right that it did not ask for before, even when it had all', async () => {
    const { start } = await application();
    await start('0.1.0');
    const after = await start('0.2.0');
    expect(after).toMatchObject([{ version: '0.2.0', enabled: true }]);
    expect(granted(after)).toEqual(['host_process', 'allow_persistent']);
    expect(granted(await start('0.3.0'))).toEqual(['host_process', 'allow_persistent']);
  });

  it('stays removed, also when a newer one comes', async () => {
    const { start, kernel } = await application();
    await start('0.1.0');
    await kernel.remove('flood');
    await expect(start('0.1.0')).resolves.toEqual([]);
    await expect(start('0.2.0')).resolves.toEqual([]);
  });

  it('does not replace one of the same name that came from elsewhere', async () => {
    const { start, file, kernel } = await application();
    await kernel.install(await file('9.0.0'), { grants: ['kv'] });
    const own = kernel.capsules();
    await expect(start('0.1.0')).resolves.toEqual(own);
    await expect(start('0.2.0')).resolves.toEqual(own);
  });

  it.each([
    ['is lost', null, []],
    ['is no JSON', '{', ['The record of bundled capsules is not valid JSON. They are offered again.']],
    [
      'has another shape',
      '{"files":[],"hashes":[2],"ids":[]}',
      ['The record of bundled capsules has an invalid "hashes[0]". They are offered again.'],
    ],
  ])('is known again by its content when the record %s', async (_name, content, said) => {
    const { start, file, kernel, record } = await application();
    await start('0.1.0');
    await kernel.install(await file('0.1.0'), { grants: ['host_process'] });
    await (content === null ? rm(record) : writeFile(record, content));
    expect(granted(await start('0.1.0', said))).toEqual(['host_process']);
    const after = await start('0.2.0');
    expect(after).toMatchObject([{ version: '0.2.0' }]);
    expect(granted(after)).toEqual(['host_process']);
  });
});
