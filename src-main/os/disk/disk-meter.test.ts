import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../testing.ts';
import { DiskMeter, type DiskUse } from './disk-meter.ts';

const MiB = 1024 * 1024;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'capsule-disk-'));
  // Paths may be too long for Node's own.
  onTestFinished(() => void execFileSync('rm', ['-rf', folder]));
  return folder;
}

function measure(folder: string, maxEntries = 1_000_000): DiskUse & { readonly problem: string | null } {
  const meter = new DiskMeter(maxEntries);
  return { ...meter.measure(folder), problem: meter.problem };
}

/** Makes folders in one another. */
function nest(folder: string, depth: number, name: string): void {
  let fd = openSync(folder, constants.O_DIRECTORY);
  for (let level = 0; level < depth; level += 1) {
    const path = `/proc/self/fd/${fd}/${name}`;
    mkdirSync(path);
    const inner = openSync(path, constants.O_DIRECTORY);
    closeSync(fd);
    fd = inner;
  }
  closeSync(fd);
}

/** For a look at what root may read whatever its rights are: as nobody, when this is root. */
function measureAsUser(folder: string): ReturnType<typeof measure> {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) {
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
  }
  const contents = `import { DiskMeter } from './disk-meter.ts';
    const meter = new DiskMeter(100);
    const use = meter.measure(process.argv[1]);
    console.log(JSON.stringify({ ...use, problem: meter.problem }));`;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    ...{ bundle: true, write: false, platform: 'node', format: 'esm' },
  });
  const program = ['--input-type=module', '--eval', outputFiles[0]?.text ?? '', folder];
  const said = execFileSync(process.execPath, program, { ...user, cwd: '/', encoding: 'utf8' });
  return JSON.parse(said) as ReturnType<typeof measure>;
}

const NOBODY = 65_534;

const allocated = (path: string): number => lstatSync(path).blocks * 512;

describe('what a folder takes', () => {
  it('is what the disk has allocated, without the holes of sparse files', () => {
    const folder = makeFolder();
    const sparse = openSync(join(folder, 'sparse'), 'w');
    ftruncateSync(sparse, 1024 * MiB);
    closeSync(sparse);
    writeFileSync(join(folder, 'full'), Buffer.alloc(MiB, 1));
    const { bytes, entries } = measure(folder);
    expect(entries).toBe(2);
    expect(bytes).toBeGreaterThanOrEqual(MiB);
    expect(bytes).toBeLessThan(2 * MiB);
  });

  it('counts a file with many names once, also in several folders', () => {
    const folder = makeFolder();
    const other = makeFolder();
    writeFileSync(join(folder, 'one'), Buffer.alloc(MiB, 1));
    mkdirSync(join(folder, 'inner'));
    linkSync(join(folder, 'one'), join(folder, 'inner', 'two'));
    linkSync(join(folder, 'one'), join(other, 'three'));
    const meter = new DiskMeter(1_000);
    const bytes = allocated(join(folder, 'one')) + allocated(join(folder, 'inner'));
    expect(meter.measure(folder)).toEqual({ bytes, entries: 2 });
    expect(meter.measure(other)).toEqual({ bytes: 0, entries: 0 });
  });

  it('does not follow links', () => {
    const folder = makeFolder();
    symlinkSync('/', join(folder, 'machine'));
    symlinkSync('.', join(folder, 'loop'));
    symlinkSync('nowhere', join(folder, 'dangling'));
    expect(measure(folder)).toEqual({ bytes: 0, entries: 3, problem: null });
  });

  it('waits for no pipe', () => {
    const folder = makeFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(measure(folder)).toEqual({ bytes: 0, entries: 1, problem: null });
  });

  it('counts what has a name that is no text', () => {
    const folder = makeFolder();
    const name = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]);
    mkdirSync(name);
    writeFileSync(Buffer.concat([name, Buffer.from([0x2f, 0xe4])]), Buffer.alloc(MiB, 1));
    expect(measure(folder)).toMatchObject({ entries: 2, problem: null });
    expect(measure(folder).bytes).toBeGreaterThanOrEqual(MiB);
  });

  it('is nothing where there is no folder', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), 'x');
    expect([measure(join(folder, 'none')), measure(join(folder, 'file'))]).toEqual([
      { bytes: 0, entries: 0, problem: null },
      { bytes: 0, entries: 0, problem: null },
    ]);
  });

  it('is the sum of what is in it, for all trees', () => {
    interface Tree {
      readonly files: readonly number[];
      readonly folders: readonly Tree[];
    }
    const tree = (depth: number): fc.Arbitrary<Tree> =>
      fc.record({
        files: fc.array(fc.nat(20_000), { maxLength: 4 }),
        folders: depth === 0 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 3 }),
      });
    const make = (folder: string, { files, folders }: Tree): DiskUse => {
      const made = [
        ...files.map((size, index) => {
          const path = join(folder, `file${index}`);
          writeFileSync(path, Buffer.alloc(size, 1));
          return { bytes: allocated(path), entries: 1 };
        }),
        ...folders.map((inner, index) => {
          const path = join(folder, `folder${index}`);
          mkdirSync(path);
          const { bytes, entries } = make(path, inner);
          return { bytes: bytes + allocated(path), entries: entries + 1 };
        }),
      ];
      return made.reduce(
        (sum, { bytes, entries }) => ({ bytes: sum.bytes + bytes, entries: sum.entries + entries }),
        { bytes: 0, entries: 0 },
      );
    };
    const base = makeFolder();
    let count = 0;
    fc.assert(
      fc.property(tree(3), (one) => {
        const folder = join(base, String((count += 1)));
        mkdirSync(folder);
        const made = make(folder, one);
        expect(measure(folder)).toEqual({ ...made, problem: null });
      }),
      { numRuns: 30 },
    );
  });
});

describe('what cannot be measured is said', () => {
  it('more entries than asked for, of which no more are looked at', () => {
    const folder = makeFolder();
    for (let index = 0; index < 20; index += 1) {
      writeFileSync(join(folder, String(index)), '');
    }
    expect(measure(folder, 20)).toMatchObject({ entries: 20, problem: null });
    expect(measure(folder, 10)).toMatchObject({ problem: 'There are more than 10 files and folders.' });
  });

  it('folders nested too deeply, which take no more descriptors than allowed', () => {
    const folder = makeFolder();
    nest(folder, 255, 'd');
    expect(measure(folder)).toMatchObject({ entries: 255, problem: null });
    nest(join(folder, ...Array.from({ length: 255 }, () => 'd')), 1_000, 'd');
    expect(measure(folder).problem).toMatch(/^The folder "\/.*\/d\/d\/d" is nested too deeply\.$/);
  });

  it('folders with a longer path than there can be', () => {
    const folder = makeFolder();
    nest(folder, 300, 'd'.repeat(255));
    expect(measure(folder).problem).toBe('The folder of the longest path is nested too deeply.');
  });
});

describe('somebody who changes the folders meanwhile', () => {
  it('is noticed, and where nothing changes nobody is', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'inner'));
    const isUnsteady = (): boolean => {
      const meter = new DiskMeter(100);
      meter.measure(folder);
      return meter.unsteady;
    };
    // The kernel's times are not exact.
    await until(() => !isUnsteady());
    writeFileSync(join(folder, 'inner', 'file'), 'x');
    expect(isUnsteady()).toBe(true);
    await until(() => !isUnsteady());
    writeFileSync(join(folder, 'inner', 'file'), 'y');
    expect(isUnsteady()).toBe(false);
  });

  it.each([0o000, 0o300, 0o400])('hides nothing by taking the right to a folder away (mode %i)', (mode) => {
    const folder = makeFolder();
    const hidden = join(folder, 'hidden');
    mkdirSync(join(hidden, 'inner'), { recursive: true });
    writeFileSync(join(hidden, 'inner', 'file'), Buffer.alloc(MiB, 1));
    chmodSync(hidden, mode);
    const found = measureAsUser(folder);
    expect(found).toMatchObject({ entries: 3, problem: null });
    expect(found.bytes).toBeGreaterThanOrEqual(MiB);
    expect(statSync(hidden).mode & 0o7777).toBe(mode);
  });

  it('leads nowhere else by putting a link in the place of a folder', async () => {
    const folder = makeFolder();
    const outside = makeFolder();
    for (let index = 0; index < 50; index += 1) {
      writeFileSync(join(outside, `file${index}`), '');
      mkdirSync(join(folder, `folder${index}`));
    }
    symlinkSync(outside, join(folder, 'link'));
    // Swaps each folder with the link, again and again.
    const swap = `const { renameSync } = require('node:fs'); process.stdout.write('up');
      while (true) { for (let n = 0; n < 50; n += 1) { renameSync('folder' + n, 'kept'); renameSync('link', 'folder' + n);
        renameSync('folder' + n, 'link'); renameSync('kept', 'folder' + n) } }`;
    const swapper = spawn(process.execPath, ['-e', swap], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void swapper.kill('SIGKILL'));
    let up = false;
    swapper.stdout.on('data', () => {
      up = true;
    });
    await until(() => up);
    for (let look = 0; look < 200; look += 1) {
      const { entries, problem } = measure(folder);
      // What is moved while the names are read may come twice or not at all.
      expect(entries).toBeLessThanOrEqual(53);
      expect(problem).toBeNull();
    }
  });
});
