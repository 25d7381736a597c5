import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

/**
 * @typedef {object} File
 * @property {string} name
 * @property {string} [text]
 * @property {number} [mode] Unix mode with the kind
 * @property {number} [size] what the directory says; the real one when it is absent
 * @property {number} [flags] general purpose bits
 */

/** A zip archive of a folder and files, stored without compression when they are short and of the size they say. */
function zip(/** @type {File[]} */ files) {
  /** @type {Buffer[]} */
  const bodies = [];
  /** @type {Buffer[]} */
  const directory = [];
  let offset = 0;
  for (const file of [{ name: 'top/' }, ...files]) {
    const { name, text = '', mode = 0o100755, size = Buffer.byteLength(text), flags = 0 } = file;
    const stored = text.length < 10 && size === text.length;
    const packed = stored ? Buffer.from(text) : deflateRawSync(text);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 0, 'latin1');
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.write('PK\x01\x02', 0, 'latin1');
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(stored ? 0 : 8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
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
  const archive = path.join(folder, 'a.zip');
  writeFileSync(archive, Buffer.concat([...bodies, ...directory, end]));
  return archive;
}

/** @returns {string[]} everything that lies in the folder beside the archive, links not followed */
function written() {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name !== 'a.zip');
}

describe('unzip', () => {
  it('writes the wanted files under their new names, contents and permissions kept', async () => {
    const text = 'x'.repeat(100_000);
    const archive = zip([
      { name: 'top/a', text },
      { name: 'top/b', text: 'short', mode: 0o100640 },
      { name: 'top/unwanted', text: 'no' },
      { name: 'top/of-dos', text: '', mode: 0 },
    ]);
    await unzip(archive, path.join(folder, 'out'), (name) =>
      name === 'top/unwanted' ? undefined : name.replace('top/', 'deep/'),
    );
    const out = path.join(folder, 'out', 'deep');
    expect(readdirSync(out)).toEqual(['a', 'b', 'of-dos']);
    expect(readFileSync(path.join(out, 'a'), 'utf8')).toBe(text);
    expect(readFileSync(path.join(out, 'b'), 'utf8')).toBe('short');
    expect(readdirSync(out).map((name) => statSync(path.join(out, name)).mode & 0o777)).toEqual([
      0o755, 0o640, 0o644,
    ]);
  });

  it('leaves out what is not wanted, whatever kind it is', async () => {
    const archive = zip([{ name: 'link', text: 'top', mode: 0o120777 }, { name: 'a' }]);
    await unzip(archive, path.join(folder, 'out'), (name) => (name === 'a' ? name : undefined));
    expect(readdirSync(path.join(folder, 'out'))).toEqual(['a']);
  });

  const link = { name: 'top', text: '/tmp', mode: 0o120777 };
  it.each([
    ['a way out of the folder', [{ name: '../out-of-it' }], 'invalid relative path: ../out-of-it'],
    ['a way out further down', [{ name: 'a/b/../../../c' }], 'invalid relative path'],
    ['an absolute name', [{ name: '/tmp/unzip-absolute' }], 'absolute path: /tmp/unzip-absolute'],
    ['a drive', [{ name: 'C:/a' }], 'absolute path: C:/a'],
    ['backslashes', [{ name: '..\\a' }], 'invalid characters in fileName'],
    ['a link', [link], 'a link or special file: top'],
    ['a link and a file below it', [link, { name: 'top/a' }], 'a link or special file: top'],
    ['a device', [{ name: 'a', mode: 0o060600 }], 'a link or special file: a'],
    [
      'two files of one name',
      [
        { name: 'a', text: '1' },
        { name: 'a', text: '2' },
      ],
      'two files for one place: a',
    ],
    ['two names of one place', [{ name: 'a' }, { name: './a' }], 'two files for one place: ./a'],
    ['files of 4 GiB', [{ name: 'a', size: 0xfffffffe }], 'unpacks to more than 1073741824 bytes'],
    ['an encrypted file', [{ name: 'a', text: 'secret '.repeat(9), flags: 1 }], 'is encrypted or packed'],
    [
      'three files of half a GiB',
      ['a', 'ab', 'abc'].map((name) => ({ name, size: 2 ** 29 })),
      'unpacks to more than 1073741824 bytes',
    ],
  ])('writes nothing when the archive has %s', async (_what, files, message) => {
    const archive = zip([{ name: 'good', text: 'good' }, ...files]);
    await expect(unzip(archive, path.join(folder, 'out'), (name) => name)).rejects.toThrow(message);
    expect(written()).toEqual([]);
  });

  it.each([
    ['a bomb that says it is small', { name: 'a', text: '0'.repeat(10_000_000), size: 10 }, 'too many bytes'],
    ['a file that is shorter than it says', { name: 'a', text: 'short', size: 10 }, 'not enough bytes'],
  ])('stops at %s', async (_what, file, message) => {
    const out = path.join(folder, 'out');
    await expect(unzip(zip([file]), out, (name) => name)).rejects.toThrow(message);
    expect(statSync(out, { throwIfNoEntry: false })?.isDirectory()).toBe(true);
    expect(readdirSync(out).reduce((sum, name) => sum + statSync(path.join(out, name)).size, 0)).toBeLessThan(
      100_000,
    );
  });

  it('does not write through a link that lies there already', async () => {
    const out = path.join(folder, 'out');
    mkdirSync(out);
    writeFileSync(path.join(folder, 'victim'), 'untouched');
    symlinkSync(path.join(folder, 'victim'), path.join(out, 'a'));
    await expect(unzip(zip([{ name: 'a', text: 'new' }]), out, (name) => name)).rejects.toThrow('EEXIST');
    expect(readFileSync(path.join(folder, 'victim'), 'utf8')).toBe('untouched');
  });

  it('refuses what is no archive and what has been cut short', async () => {
    const archive = zip([{ name: 'top/a', text: 'x' }]);
    const text = path.join(folder, 'text');
    writeFileSync(text, 'hello');
    await expect(unzip(text, folder, (name) => name)).rejects.toThrow('not a zip file');
    const bytes = readFileSync(archive);
    for (const cut of [bytes.subarray(40), bytes.subarray(0, -1)]) {
      writeFileSync(archive, cut);
      await expect(unzip(archive, folder, (name) => name)).rejects.toThrow(
        /not a zip file|unexpected EOF|invalid central directory/,
      );
    }
  });
});
