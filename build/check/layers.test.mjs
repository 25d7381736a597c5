import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkLayers } from './layers.mjs';

/** @type {string[]} */
const folders = [];

afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param {Record<string, string>} files */
function check(files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'layers-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return checkLayers(folder);
}

const clean = {
  'src-main/base/ids.ts': 'export const id = 1;',
  'src-main/contract/views.ts': 'export type View = { id: string };',
  'src-main/host/generated/names.ts': 'export const names = [];',
  'src-main/host/table.ts': "import { names } from './generated/names.ts';\nexport const table = names;",
  'src-main/guest/worker.ts': "import { names } from '../host/generated/names.ts';\nexport const n = names;",
  'src-main/os/limits.ts': 'export const limit = 1;',
  'src-main/os/pipes/sink.ts': "import '../limits.ts';\nimport './source.ts';\nexport const sink = 1;",
  'src-main/os/child/spawn.ts':
    "import { spawn } from 'node:child_process';\nimport '../pipes/sink.ts';\nexport const start = spawn;",
  'src-main/kernel/kernel.ts': "import { table } from '../host/table.ts';\nexport const kernel = table;",
  'src-main/cli.ts': "import { kernel } from './kernel/kernel.ts';\nexport const run = kernel;",
  'src-main/shell/window/window.ts': "import { app } from 'electron';\nexport const name = app;",
  'src-main/main.ts': "import './kernel/kernel.ts';\nimport './shell/window/window.ts';",
  'src-main/base/ids.test.ts': "import '../shell/window/window.ts';\nimport 'node:child_process';",
  'src-renderer/client/client.ts':
    "import type { View } from '../../src-main/contract/views.ts';\nexport const api = window.capsuleDesktop as View;",
  'src-renderer/state/views.ts': "import { api } from '../client/client.ts';\nexport const views = api;",
  'src-renderer/features/logs/logs.tsx':
    "import { views } from '../../state/views.ts';\nimport './logs.css';\nexport const logs = views;",
  'src-renderer/main.tsx': "import './features/logs/logs.tsx';",
};

describe('the check of the layers', () => {
  it('accepts a tree that follows every arrow', () => {
    expect(check(clean)).toEqual([]);
  });

  it.each([
    [
      'a room that imports one above it',
      { 'src-main/os/pipes/x.ts': "import '../child/spawn.ts';", 'src-main/os/child/spawn.ts': '' },
      'src-main/os/pipes/x.ts:1 imports ../child/spawn.ts: the room os/pipes may import only itself, [groups, proc, sandbox/spec, tool, thread, launcher, trees, disk, self, files, sandbox/linux, sandbox/macos, sandbox] and what stands beside the rooms and imports none',
    ],
    [
      'a room that does so round a corner',
      {
        'src-main/os/pipes/x.ts': "import '../beside.ts';",
        'src-main/os/beside.ts': "import './further.ts';",
        'src-main/os/further.ts': "import './child/spawn.ts';",
        'src-main/os/child/spawn.ts': '',
      },
      'src-main/os/pipes/x.ts:1 imports ../beside.ts: the room os/pipes may import only itself, [groups, proc, sandbox/spec, tool, thread, launcher, trees, disk, self, files, sandbox/linux, sandbox/macos, sandbox] and what stands beside the rooms and imports none',
    ],
    [
      'a folder that is no room',
      { 'src-main/os/attic/x.ts': '' },
      'src-main/os/attic/x.ts: os/attic is no room: mainRooms of build/check/layers/arrows.mjs lists them',
    ],
    [
      'electron in the host',
      { 'src-main/host/x.ts': "export {};\nimport { app } from 'electron';\napp;" },
      'src-main/host/x.ts:2 imports electron: only ipc, shell, preload, main may, everything else runs under plain Node',
    ],
    [
      'electron by import()',
      { 'src-main/runtime/x.ts': "export const x = import('electron');" },
      'src-main/runtime/x.ts:1 imports electron: only ipc',
    ],
    [
      'electron by require()',
      { 'src-main/runtime/x.ts': "export const x = require('electron/main');" },
      'src-main/runtime/x.ts:1 imports electron/main: only ipc',
    ],
    [
      'electron as a type',
      { 'src-main/runtime/x.ts': "export type X = import('electron').App;" },
      'src-main/runtime/x.ts:1 imports electron: only ipc',
    ],
    [
      'an import against the order',
      { 'src-main/store/x.ts': "import '../host/table.ts';" },
      'src-main/store/x.ts:1 imports ../host/table.ts: store may import only [base, contract, policy, os, store]',
    ],
    [
      'host code in the guest',
      { 'src-main/guest/x.ts': "import '../host/table.ts';" },
      'src-main/guest/x.ts:1 imports ../host/table.ts: guest may import only [guest, base, bridge, host/generated]',
    ],
    [
      'host code in the bridge',
      { 'src-main/bridge/x.ts': "import '../host/table.ts';" },
      'bridge may import only [bridge, base, contract, host/generated]',
    ],
    [
      'the kernel in a folder below it',
      { 'src-main/processes/x.ts': "import '../kernel/kernel.ts';" },
      'src-main/processes/x.ts:1 imports ../kernel/kernel.ts: processes may import only',
    ],
    [
      'anything in the contract',
      { 'src-main/contract/x.ts': "import '../base/ids.ts';" },
      'src-main/contract/x.ts:1 imports ../base/ids.ts: contract may import only [contract]',
    ],
    [
      'a package in the contract',
      { 'src-main/contract/x.ts': "import 'zod';" },
      'src-main/contract/x.ts:1 imports zod: contract/ imports nothing',
    ],
    [
      'the contract in base',
      { 'src-main/base/x.ts': "import '../contract/views.ts';" },
      'base may import only [base]',
    ],
    [
      'files in the policy',
      { 'src-main/policy/x.ts': "import 'node:fs/promises';" },
      'src-main/policy/x.ts:1 imports node:fs/promises: only os, store',
    ],
    [
      'the machine in the policy',
      { 'src-main/policy/x.ts': "import 'node:os';" },
      'src-main/policy/x.ts:1 imports node:os: only os',
    ],
    [
      'a child process outside os',
      { 'src-main/processes/x.ts': "import 'node:child_process';" },
      'src-main/processes/x.ts:1 imports node:child_process: only os may, os/ is the one place',
    ],
    ['execa outside os', { 'src-main/runtime/x.ts': "import 'execa';" }, 'imports execa: only os may'],
    ['a socket outside os', { 'src-main/store/x.ts': "import 'net';" }, 'imports net: only os may'],
    [
      'all of zod',
      { 'src-main/ipc/x.ts': "import { z } from 'zod';" },
      'src-main/ipc/x.ts:1 imports zod: only tests may, zod/mini does the same',
    ],
    [
      'zod beside a guest',
      { 'src-main/guest/x.ts': "import * as z from 'zod/mini';" },
      'no code of packages stands beside a guest',
    ],
    [
      'logic in the preload',
      { 'src-main/preload/x.ts': "import '../policy/gate.ts';" },
      'preload may import only [preload, base, contract]',
    ],
    [
      'a helper of tests in a program',
      { 'src-main/host/testing.ts': 'export {};', 'src-main/host/x.ts': "import './testing.ts';" },
      'src-main/host/x.ts:1 imports ./testing.ts: only tests may import helpers of tests',
    ],
    [
      'the window in the main process',
      { 'src-main/ipc/x.ts': "import '../../src-renderer/state/views.ts';" },
      'src-main/ipc/x.ts:1 imports ../../src-renderer/state/views.ts: a file of src-main may not import from outside it',
    ],
    [
      'a feature in another feature',
      { 'src-renderer/features/x/x.tsx': "import '../logs/logs.tsx';" },
      'src-renderer/features/x/x.tsx:1 imports ../logs/logs.tsx: features may not import each other',
    ],
    [
      'state in the parts without behaviour',
      { 'src-renderer/ui/x.tsx': "import '../state/views.ts';" },
      'src-renderer/ui/x.tsx:1 imports ../state/views.ts: ui may import only [ui, lib, contract]',
    ],
    [
      'the main process in the window',
      { 'src-renderer/state/x.ts': "import '../../src-main/kernel/kernel.ts';" },
      'contract is the one door into src-main',
    ],
    [
      'window.capsuleDesktop outside the client',
      { 'src-renderer/state/x.ts': 'export const x = [\nwindow.capsuleDesktop,\n];' },
      'src-renderer/state/x.ts:2 touches window.capsuleDesktop: only client/ may',
    ],
    [
      'Node in the window',
      { 'src-renderer/lib/x.ts': "import 'node:path';" },
      'src-renderer/lib/x.ts:1 imports node:path: the window is a sandboxed page',
    ],
    [
      'a cycle',
      { 'src-main/bus/a.ts': "import './b.ts';", 'src-main/bus/b.ts': "import './a.ts';" },
      'src-main/bus/a.ts imports itself: src-main/bus/a.ts → src-main/bus/b.ts → src-main/bus/a.ts',
    ],
  ])('refuses %s', (_title, files, message) => {
    const violations = check({ ...clean, ...files });
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(message);
  });

  it('names the way by which a program for plain Node reaches electron', () => {
    const violations = check({
      ...clean,
      'src-main/kernel/kernel.ts': "import '../shell/window/window.ts';",
    });
    expect(violations).toContain(
      'src-main/cli.ts must start under plain Node but reaches electron: src-main/cli.ts → src-main/kernel/kernel.ts → src-main/shell/window/window.ts',
    );
  });

  const manifest = JSON.stringify({ scripts: { test: 'node build/test.mjs', format: 'prettier .' } });

  it('refuses a package in what runs before packages are installed', () => {
    const violations = check({
      ...clean,
      'package.json': manifest,
      'build/test.mjs': "import { go } from './lib/go.mjs';\ngo();",
      'build/lib/go.mjs': "import 'node:fs';\nimport { build } from 'esbuild';\nexport const go = build;",
    });
    expect(violations).toEqual([
      'build/lib/go.mjs:2 imports esbuild before npm packages are there: use import() where it is needed',
    ]);
  });

  it.each(['dirname', 'filename'])(
    'refuses import.meta.%s in what tells an old Node that it is too old',
    (name) => {
      const violations = check({
        ...clean,
        'package.json': manifest,
        'build/test.mjs': "import './lib/go.mjs';",
        'build/lib/go.mjs': `const late = import('./late.mjs');\nexport const x = [late, import.meta.${name}];`,
        'build/lib/late.mjs': `export const y = import.meta.${name};`,
      });
      expect(violations).toEqual([
        'build/lib/go.mjs:2 reads a path of import.meta, which an old Node has not: use root of lib/paths.mjs',
      ]);
    },
  );

  it('accepts a package that is loaded when it is needed', () => {
    const files = {
      'package.json': manifest,
      'build/test.mjs': "const { build } = await import('esbuild');",
    };
    expect(check({ ...clean, ...files })).toEqual([]);
  });
});
