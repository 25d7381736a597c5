import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleKernel } from '../bundle/kernel.mjs';
import { electronPath } from '../electron.mjs';
import { onDisplay } from '../lib/on-display.mjs';
import { root } from '../lib/paths.mjs';

/** Electron as root refuses to start with Chromium's sandbox. */
const FLAGS = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Of what it writes, Chromium's complaints about the machine among it, for the case that it does not start. */
const SAID_CHARACTERS = 2_000;

/**
 * Starts the program of Electron that opens pages for tests, from the source under test.
 * @param {import('vitest/node').TestProject} project
 * @returns {Promise<() => Promise<void>>}
 */
export async function setup(project) {
  await bundleKernel();
  const folder = mkdtempSync(path.join(tmpdir(), 'capsule-pages-'));
  await bundleHost(folder);
  const socket = path.join(folder, 'pages.sock');
  const { path: electron } = await electronPath();
  const own = [folder, socket, path.join(folder, 'preload.cjs'), path.join(root, 'out', 'kernel')];
  const [command, ...args] = onDisplay([electron, ...FLAGS, ...own]);
  // A group of its own: xvfb-run hands no signal on.
  const host = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  host.stderr.on('data', (chunk) => {
    said = `${said}${String(chunk)}`.slice(-SAID_CHARACTERS);
  });
  const pid = await new Promise((resolve, reject) => {
    host.stdout.once('data', resolve);
    host.once('error', reject);
    host.once('exit', (code) =>
      reject(new Error(`the program that opens pages ended with ${String(code)}: ${said}`)),
    );
  });
  const owner = connect(socket);
  await once(owner, 'connect');
  project.provide('pageHost', socket);
  project.provide('pageHostPid', Number(String(pid)));
  return async () => {
    const ended = once(host, 'exit');
    process.kill(-(host.pid ?? 0), 'SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
}

async function bundleHost(/** @type {string} */ folder) {
  const { build } = await import('esbuild');
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    external: ['electron'],
    logLevel: 'warning',
  };
  await Promise.all([
    build({
      ...common,
      entryPoints: ['src-main/testing/page-host.ts'],
      outfile: path.join(folder, 'main.mjs'),
      format: 'esm',
    }),
    build({
      ...common,
      entryPoints: ['src-main/preload/guest.ts'],
      outfile: path.join(folder, 'preload.cjs'),
      format: 'cjs',
    }),
  ]);
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'page-host', main: 'main.mjs' }));
}
