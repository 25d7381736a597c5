import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, Platform } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builderConfig, RESOURCES } from './config.mjs';
import { renderIcons } from './icons.mjs';

const config = builderConfig({
  version: '1.2.3',
  commit: '0'.repeat(40),
  date: '2026-01-02T03:04:05.000Z',
  testElectron: undefined,
});

/** @type {string} */
let project;

beforeAll(async () => {
  project = mkdtempSync(path.join(tmpdir(), 'config-'));
  writeFileSync(path.join(project, 'package.json'), '{"name":"capsule-desktop","main":"index.js"}');
  await renderIcons(path.join(project, RESOURCES, 'icons'));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What electron-builder, which checks the whole configuration first, would put into an AppImage. */
async function appImageEntry() {
  const prepackaged = path.join(project, 'prepackaged');
  mkdirSync(path.join(prepackaged, 'resources'), { recursive: true });
  /** @type {string[]} */
  const entries = [];
  await build({
    projectDir: project,
    prepackaged,
    targets: Platform.LINUX.createTarget('AppImage'),
    config: { ...config, electronVersion: '45.4.1' },
    publish: 'never',
    effectiveOptionComputed: async ({ desktop }) => {
      entries.push(desktop);
      return true;
    },
  });
  return entries.join('\n');
}

describe('the configuration of the installers', () => {
  it('has an AppImage start the program with its sandbox, for capsules and their links', async () => {
    const entry = await appImageEntry();
    expect(entry).toMatch(/^Exec=AppRun %U$/m);
    expect(entry).toMatch(/^MimeType=application\/x-capsule;x-scheme-handler\/capsule;$/m);
  });

  it('calls the kind of file on Windows by a name that is no scheme, whatever the case of its letters', () => {
    const kinds = [config.win?.fileAssociations ?? []].flat().map(({ name }) => name?.toLowerCase());
    expect(kinds).toHaveLength(1);
    expect([config.protocols ?? []].flat().flatMap(({ schemes }) => schemes)).not.toContain(kinds[0]);
  });
});
