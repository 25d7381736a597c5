import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { markUsed, sweep } from './cache.mjs';

const DAY = 24 * 60 * 60_000;

/** @type {string} */
let cache;

beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

function folder(/** @type {string} */ name, /** @type {number} */ days) {
  const place = path.join(cache, name);
  mkdirSync(place);
  writeFileSync(path.join(place, 'file'), '');
  const time = new Date(Date.now() - days * DAY);
  utimesSync(place, time, time);
  return place;
}

it('sweeps out builds of yesterday and what no clone has used for a month, and nothing else', () => {
  folder('building-a', 2);
  folder('building-running', 0);
  folder('electron-33.2.1-old', 40);
  folder('electron-33.2.1-elsewhere', 20);
  folder('unknown', 400);
  markUsed(folder('electron-33.2.1-ours', 40));
  markUsed(path.join(cache, 'electron-33.2.1-not-made-yet'));
  sweep(cache);
  expect(readdirSync(cache)).toEqual([
    'building-running',
    'electron-33.2.1-elsewhere',
    'electron-33.2.1-ours',
    'unknown',
  ]);
});
