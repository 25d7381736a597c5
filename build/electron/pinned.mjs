import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFile } from '../lib/paths.mjs';
import { runNode } from '../lib/run.mjs';

/** 120 MB over a slow line; a machine without the download fails in well under a second. */
const DOWNLOAD_LIMIT = 10 * 60_000;

/** The version of the installed npm package, which package-lock.json pins. */
export function pinnedVersion() {
  return JSON.parse(readFileSync(packageFile('electron/package.json'), 'utf8')).version;
}

/**
 * Has Electron's own downloader fetch the program; it does nothing when the program is there.
 * @returns {Promise<string>} the program's path
 */
export async function downloadPinned() {
  const result = await runNode([packageFile('electron/install.js')], { timeout: DOWNLOAD_LIMIT });
  const pathFile = packageFile('electron/path.txt');
  if (result.status !== 0 || !existsSync(pathFile)) {
    throw new Error(firstLine(result.output) || `the downloader ended with status ${result.status}`);
  }
  const program = path.join(packageFile('electron/dist'), readFileSync(pathFile, 'utf8'));
  if (!existsSync(program)) {
    throw new Error(`the downloader left no ${program}`);
  }
  return program;
}

function firstLine(/** @type {string} */ output) {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.find((line) => /error|ENOTFOUND|EAI_AGAIN|ECONN/i.test(line)) ?? lines.find(Boolean);
}
