import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel } from '../testing/kernel.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { commandLine } from './command-line.ts';

describe('a data folder that is in use', () => {
  it('is told in plain words, with what to do', async () => {
    const dataDir = await dataFolder();
    const { kernel } = await openKernel(dataDir);
    const told: string[] = [];
    const status = await commandLine(['inspect', guestFolder('trap')], {
      start: async () => (await openKernel(dataDir)).kernel,
      signal: new AbortController().signal,
      print: (line) => told.push(line),
      tell: (line) => told.push(line),
    });
    expect(status).toBe(2);
    expect(told).toEqual([
      expect.stringMatching(
        /^error: The data folder .* is in use by Capsule Desktop \(PID \d+, started \d\d:\d\d\)\.$/,
      ),
      'hint: Quit the running instance or choose another data folder.',
    ]);
    await kernel.dispose();
  });
});

describe('capsule verify-audit', () => {
  const verify = async (dataDir: string) => {
    const [printed, told]: [string[], string[]] = [[], []];
    const status = await commandLine(['verify-audit', dataDir], {
      start: () => Promise.reject(new Error('No kernel is needed.')),
      signal: new AbortController().signal,
      print: (line) => printed.push(line),
      tell: (line) => told.push(line),
    });
    return { status, printed: printed.join('\n'), told: told.join('\n') };
  };

  it('says how far the chain reaches, or where it is broken', async () => {
    const { kernel, dataDir } = await openKernel(await dataFolder());
    await kernel.install(guestFolder('trap'), { grants: 'all' });
    await kernel.setEnabled('trap', false);
    // While the folder is in use: a record is in the file shortly after its act has resolved.
    await vi.waitFor(async () => {
      const whole = await verify(dataDir);
      expect(whole).toMatchObject({ status: 0, told: '' });
      expect(JSON.parse(whole.printed)).toMatchObject({ records: 2, first: 1, last: 2 });
    });
    await kernel.dispose();
    const file = join(dataDir, 'audit', 'audit.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"trap 0.1.0', '"trap 0.1.1'));
    await expect(verify(dataDir)).resolves.toMatchObject({
      status: 2,
      printed: '',
      told: expect.stringContaining(`line 2 of ${file} does not link to the line before it`),
    });
  });

  it('says so where there is no audit log', async () => {
    await expect(verify(await temporaryFolder())).resolves.toMatchObject({
      status: 2,
      told: expect.stringContaining('There are no audit records in'),
    });
  });
});
