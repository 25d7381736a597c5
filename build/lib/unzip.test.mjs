import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unzip } from './unzip.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'unzip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A zip archive of one directory entry and files, every second one stored without compression. */
function zip(/** @type {Record<string, string>} */ files) {
  /** @type {Buffer[]} */
  const bodies = [];
  /** @type {Buffer[]} */
  const directory = [];
  let offset = 0;
  for (const [index, [name, text]] of Object.entries({ 'top/': '', ...files }).entries()) {
    const stored = index % 2 === 0;
    const packed = stored ? Buffer.from(text) : deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 0, 'latin1');
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.write('PK\x01\x02', 0, 'latin1');
    central.writeUInt16LE(stored ? 0 : 8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE((0o755 << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    bodies.push(local, Buffer.from(name), packed);
    directory.push(central, Buffer.from(name));
    offset += local.length + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  const file = path.join(folder, 'a.zip');
  writeFileSync(file, Buffer.concat([...bodies, ...directory, end]));
  return file;
}

describe('unzip', () => {
  it('writes the wanted files under their new names, contents and permissions kept', () => {
    const text = 'x'.repeat(10_000);
    const archive = zip({ 'top/a': text, 'top/b': 'short', 'top/unwanted': 'no' });
    unzip(archive, path.join(folder, 'out'), (name) =>
      name === 'top/unwanted' ? undefined : name.replace('top/', 'deep/'),
    );
    expect(readdirSync(path.join(folder, 'out', 'deep'))).toEqual(['a', 'b']);
    expect(readFileSync(path.join(folder, 'out', 'deep', 'a'), 'utf8')).toBe(text);
    expect(readFileSync(path.join(folder, 'out', 'deep', 'b'), 'utf8')).toBe('short');
    expect(statSync(path.join(folder, 'out', 'deep', 'a')).mode & 0o777).toBe(0o755);
  });

  it('refuses what is no archive and what has been cut short', () => {
    const archive = zip({ 'top/a': 'x' });
    writeFileSync(path.join(folder, 'text'), 'hello');
    expect(() => unzip(path.join(folder, 'text'), folder, (name) => name)).toThrow('not a zip archive');
    const bytes = readFileSync(archive);
    writeFileSync(archive, bytes.subarray(40));
    expect(() => unzip(archive, folder, (name) => name)).toThrow('the zip archive is truncated');
  });
});
