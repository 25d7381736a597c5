import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { ComponentExport } from '../../capsules/component/header.ts';
import { exportedFunctions } from '../../capsules/component/exported-functions.ts';
import { parseManifest } from '../../capsules/manifest/manifest.ts';
import { capsuleView } from './view.ts';

const record = {
  schema: 1,
  hash: '0'.repeat(64),
  size: 1,
  imports: [],
  exports: ['run'],
  grants: 'all',
  enabled: true,
  installedAt: 0,
} as const;
const many = (count: number, name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => name(index));
const notLoaded = { runtime: undefined, failure: '', safeMode: false };
const parse = (text: string) =>
  parseManifest(new TextEncoder().encode(`[package]\nname = "demo"\nversion = "1.0.0"\n${text}`));
const topics = (count: number): string =>
  many(count, (index) => `"a.b${index}" = { wit = "w", handler = "${`h${index}`.padEnd(200, '-')}" }\n`).join(
    '',
  );

describe('the view of a capsule, which every event about it carries', () => {
  it('lists 64 actions and says how many there are beside them', () => {
    const view = (count: number) =>
      capsuleView({ manifest: parse(`[subscribe]\n${topics(count)}`), record }, notLoaded, null);
    expect(view(64).actions).toHaveLength(64);
    expect(view(64).warnings).toEqual([]);
    expect(view(100).actions).toHaveLength(64);
    expect(view(100).warnings).toEqual([
      'Actions beside those that are listed: 36. They can be invoked by name.',
    ]);
  });

  it('lists 64 exports of a record of any length', () => {
    const long = { ...record, exports: many(10_000, (index) => `f${index}`) };
    expect(capsuleView({ manifest: parse(''), record: long }, notLoaded, null).exports).toEqual([
      ...many(64, (index) => `f${index}`),
      '9936 more',
    ]);
  });

  it('stays small, whatever the manifest holds', () => {
    const lists = ['fs_read', 'fs_write', 'host_process', 'net', 'net_bind', 'net_connect'].map(
      (name) => `${name} = ${JSON.stringify(many(64, (index) => `/${name}${index}`.padEnd(128, '-')))}\n`,
    );
    const manifest = parse(
      `description = "${'d'.repeat(2_000)}"\n${many(5_000, (index) => `k${index} = 1\n`).join('')}` +
        `[capabilities]\n${lists.join('')}[subscribe]\n${topics(500)}`,
    );
    const view = capsuleView({ manifest, record }, notLoaded, null);
    expect(view.warnings).toHaveLength(22);
    expect(serialize(view).length).toBeLessThan(128 * 1024);
  });
});

describe('the exported functions of a component', () => {
  it('begin with those that the host calls, wherever they stand', () => {
    const func = (name: string): ComponentExport => ({ name, kind: 'func', func: null });
    const exports = [
      ...many(100, (index) => `f${index}`).map(func),
      func('run'),
      func('astrid-hook-trigger'),
    ];
    expect(
      exportedFunctions({
        imports: [],
        exports: [{ name: 'i', kind: 'instance', func: null }, ...exports],
      }).slice(0, 3),
    ).toEqual(['astrid-hook-trigger', 'run', 'f0']);
  });
});
