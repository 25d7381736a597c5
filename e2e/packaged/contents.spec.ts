import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import {
  archiveProblems,
  BUDGET,
  filesBelow,
  filesOfArchive,
  folderProblems,
  manifestOf,
  ourSize,
} from '../../build/dist/contents.mjs';
import { installed } from '../support/program.ts';

const folder = dirname(realpathSync(installed?.path ?? ''));
const archive = join(folder, 'resources', 'app.asar');

test('the package holds what the program needs, and nothing else', async () => {
  expect(folderProblems(filesBelow(folder))).toEqual([]);
  expect(archiveProblems(await filesOfArchive(archive))).toEqual([]);
});

test('the list would notice a stranger and a loss', async () => {
  const files = await filesOfArchive(archive);
  for (const stranger of ['out/main/index.js.map', 'src-main/main.ts', 'node_modules/zod/package.json']) {
    expect(archiveProblems([...files, stranger])).toEqual([`app.asar: ${stranger} is not expected`]);
  }
  expect(archiveProblems(files.filter((file) => !file.endsWith('guest-page-worker.js')))).toEqual([
    expect.stringContaining('nothing is out/kernel/guest-page-worker.js'),
  ]);
});

test('our part of it stays within its budget', async () => {
  const size = await ourSize(folder);
  const inWords = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  for (const kind of ['installed', 'compressed'] as const) {
    process.stdout.write(`  ${kind}: ${inWords(size[kind])} of ${inWords(BUDGET[kind])} beyond Electron\n`);
    expect(size[kind]).toBeLessThan(BUDGET[kind]);
  }
});

test('it says what it was built from, and names every package in it with its licence', async () => {
  const manifest = await manifestOf(archive);
  expect(manifest).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    builtFrom: { commit: expect.stringMatching(/^[0-9a-f]{40}$/), date: expect.stringMatching(/^\d{4}-/) },
  });
  expect(manifest).not.toHaveProperty('devDependencies');
  expect(manifest).not.toHaveProperty('scripts');
  const bill = JSON.parse(readFileSync(join(folder, 'resources', 'sbom.cdx.json'), 'utf8')) as {
    readonly metadata: { readonly component: { readonly version: string } };
    readonly components: readonly { readonly name: string }[];
  };
  expect(bill.metadata.component.version).toBe(manifest['version']);
  const names = bill.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['electron', 'react', 'zod', 'execa']));
  const notices = readFileSync(join(folder, 'resources', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  expect(names.filter((name) => !notices.toLowerCase().includes(name.toLowerCase()))).toEqual([]);
});
