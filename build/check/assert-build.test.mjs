import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertApp, assertKernel, assertOwnCode } from './assert-build.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'assert-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {Record<string, string>} files below out/ */
function write(files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, 'out', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const kernel = {
  'kernel/index.js': 'import { z } from "node:zlib";\nexport { z };',
  'kernel/cli.js': 'import "node:fs";',
  'kernel/transpile-worker.js': 'const { t } = await import("fs");',
  'kernel/transpile-process.js': 'import "node:fs";',
  'kernel/guest-worker.js': 'import{parentPort}from"node:worker_threads";',
  'kernel/guest-process.js': 'import { readSync } from "node:fs";',
  'kernel/guest-page.js': '(() => {})();',
  'kernel/guest-page-worker.js': '(() => {})();',
  'kernel/transpile-page-worker.js': '(() => {})();',
  'kernel/launcher-thread.js': 'import "node:child_process";',
  'kernel/tree-thread.js': 'import "node:worker_threads";',
  'kernel/disk-thread.js': 'import "node:worker_threads";',
};

const app = {
  'main/index.js': 'import { app } from "electron";',
  'preload/index.cjs': 'const e = require("electron");',
  'preload/guest.cjs': 'const e = require("electron");',
  'renderer/index.html': '<script type="module" crossorigin src="./assets/a.js"></script>',
};

describe('the assertions about the build', () => {
  it('accept what the bundlers should write', async () => {
    write({ ...kernel, ...app });
    await expect(assertKernel(folder)).resolves.toBeUndefined();
    await expect(assertApp(folder)).resolves.toBeUndefined();
  });

  it.each([
    ['kernel/cli.js', 'const e = require("electron");', 'out/kernel/cli.js imports electron'],
    ['kernel/index.js', 'import "electron/main";', 'out/kernel/index.js imports electron'],
    ['kernel/index.js', 'import "./chunk.js";', 'is not whole in itself: it imports ./chunk.js'],
    [
      'kernel/guest-worker.js',
      'import "zod";',
      'may import modules of Node only, an installed program has no other: zod',
    ],
    ['kernel/cli.js', 'await import("execa");', 'may import modules of Node only'],
  ])('refuse out/%s with %s', async (name, text, message) => {
    write({ ...kernel, [name]: text });
    await expect(assertKernel(folder)).rejects.toThrow(message);
  });

  it('refuse packages in a bundle that is ours alone', () => {
    const ours = ['src-main/guest/worker.ts', 'src-main/base/deferred.ts'];
    expect(() => assertOwnCode('The worker', ours)).not.toThrow();
    expect(() => assertOwnCode('The worker', [...ours, 'node_modules/zod/mini/index.js'])).toThrow(
      'The worker may hold no code of packages, but has node_modules/zod',
    );
  });

  it('refuse a missing worker', async () => {
    write({ 'kernel/index.js': '', 'kernel/cli.js': '' });
    await expect(assertKernel(folder)).rejects.toThrow('transpile-worker.js has not been built');
  });

  it.each([
    ['main/index.js', 'import "node:fs";', 'does not import electron'],
    ['main/index.js', 'import "electron"; import "zod";', 'may import Electron and modules of Node only'],
    ['preload/index.cjs', 'require("node:fs");', 'may require electron only, not node:fs'],
    ['preload/guest.cjs', 'require("node:fs");', 'out/preload/guest.cjs runs in the sandbox'],
    ['renderer/index.html', '<script type="module">1</script>', 'has an inline script'],
  ])('refuse out/%s with %s', async (name, text, message) => {
    write({ ...app, [name]: text });
    await expect(assertApp(folder)).rejects.toThrow(message);
  });
});
