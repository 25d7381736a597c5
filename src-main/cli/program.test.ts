import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { parse } from '@bytecodealliance/jco';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { WORKER_FOLDER } from '../testing/kernel.ts';
import { listing, temporaryFolder } from '../testing/temporary-folder.ts';

const PROGRAM = join(WORKER_FOLDER, 'cli.js');

/** A capsule whose `astrid-install` writes one line to its log and never returns. */
async function endlessInstall(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'build'));
  const component = await parse(`(component
    (import "astrid:sys/host@1.0.0" (instance $sys
      (type $levels (enum "trace" "debug" "info" "warn" "error"))
      (export "log-level" (type $level (eq $levels)))
      (export "log" (func (param "level" $level) (param "message" string)))))
    (core module $text (memory (export "m") 1) (data (i32.const 0) "installing"))
    (core instance $t (instantiate $text))
    (core func $log (canon lower (func $sys "log") (memory (core memory $t "m"))))
    (core module $m
      (import "sys" "log" (func $log (param i32 i32 i32)))
      (func (export "install")
        (call $log (i32.const 2) (i32.const 0) (i32.const 10))
        (loop $again (br $again))))
    (core instance $i (instantiate $m (with "sys" (instance (export "log" (func $log))))))
    (func $install (canon lift (core func $i "install")))
    (export "astrid-install" (func $install)))`);
  await writeFile(join(folder, 'build', 'endless.wasm'), component);
  await writeFile(
    join(folder, 'Capsule.toml'),
    '[package]\nname = "endless"\nversion = "1.0.0"\n\n[[component]]\nfile = "build/endless.wasm"\n',
  );
  return folder;
}

/** The program with a folder of its own for what is temporary; it is killed when the test is over. */
async function start(words: readonly string[], stdout: 'pipe' | number = 'pipe') {
  const temporary = await temporaryFolder();
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, ...words], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', stdout, 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const told = child.stderr === null ? Promise.resolve('') : text(child.stderr).catch(() => '');
  return { child, temporary, exit, told };
}

describe('an interrupt', () => {
  const installing = async () => {
    const words = ['run', await endlessInstall(), '--grant', 'none', '--invoke', 'x'];
    const running = await start(words);
    await expect
      .poll(() => listing(running.temporary), { timeout: 15_000 })
      .toContainEqual(expect.stringMatching(/logs\/default\/endless\/.*\.log$/));
    return running;
  };

  it('ends an installation whose hook never returns, and leaves nothing', async () => {
    const { child, temporary, exit, told } = await installing();
    child.kill('SIGINT');
    expect(await exit).toBe(130);
    expect(await told).toBe('Interrupted. Everything that was running has been stopped.\n');
    expect(await readdir(temporary)).toEqual([]);
  });

  it('leaves nothing when a second one ends the program at once', async () => {
    const { child, temporary, exit } = await installing();
    child.kill('SIGINT');
    child.kill('SIGTERM');
    // Whichever comes first, the other ends it.
    expect([130, 143]).toContain(await exit);
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('a reader that has gone', () => {
  it('is no refusal of the capsule, and gets no stack of ours', async () => {
    const { child, exit, told } = await start(['inspect', guestFolder('trap')]);
    child.stdout?.destroy();
    expect(await exit).toBe(2);
    expect(await told).toBe('');
  });

  it('of the errors does not change how the program ends', async () => {
    const { child, exit } = await start(['inspect', '/nowhere/at/all']);
    child.stderr?.destroy();
    expect(await exit).toBe(2);
  });

  it.skipIf(process.platform !== 'linux')('is told from a disk that is full', async () => {
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const { exit, told } = await start(['--help'], full);
    expect(await exit).toBe(2);
    expect(await told).toMatch(/^error: Could not write the result: .*ENOSPC/);
  });
});

/** The program in a terminal of its own; what it shows, without the carriage returns that a terminal adds. */
async function inTerminal(words: readonly string[]): Promise<string> {
  const line = [process.execPath, PROGRAM, ...words]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ');
  const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null']).catch(
    (error: { stdout: string }) => error,
  );
  return stdout.replaceAll('\r\n', '\n');
}

describe.skipIf(process.platform !== 'linux')('a terminal', () => {
  const written = '\u001b]0;owned\u0007\u009b31m\u202eexe\rover';
  const octal = [...Buffer.from(written)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const payload = JSON.stringify({ args: [{ cmd: 'sh', args: ['-c', `printf '${octal}'`], env: [] }] });
  const run = [
    'run',
    guestFolder('probe'),
    '--grant',
    'all',
    '--invoke',
    'process.spawn',
    '--payload',
    payload,
  ];

  it('gets nothing to act on of what a program wrote, and the result whole', async () => {
    const shown = await inTerminal(run);
    expect(shown).not.toMatch(ACTED_ON);
    expect(shown).toContain('stdout | \\u{1b}]0;owned\\u{7}\\u{9b}31m\\u{202e}exe\\u{d}over\n');
    // The last lines of the program's output come before it.
    const result = JSON.parse(shown.slice(shown.indexOf('{\n'))) as { data: unknown };
    const piped = await promisify(execFile)(process.execPath, [PROGRAM, ...run]);
    const pipedResult = JSON.parse(piped.stdout) as { data: unknown };
    expect(result.data).toEqual(pipedResult.data);
    expect(JSON.stringify(pipedResult.data)).toContain('\u009b31m\u202e');
    expect(piped.stderr).toContain(`stdout | ${written}\n`);
  });

  it('gets the lines that a query asks for, by what is seen of them', async () => {
    const { stderr } = await promisify(execFile)(process.execPath, [
      PROGRAM,
      ...run,
      '--logs',
      '/^.31m.*over$/',
    ]);
    expect(stderr).toContain(`stdout | ${written}\n`);
    expect(stderr).toContain('stdout: 1 of 1 retained lines match\n');
    await expect(
      promisify(execFile)(process.execPath, [PROGRAM, ...run, '--logs', 'level:loud']),
    ).rejects.toMatchObject({
      code: 2,
      stderr: 'error: There is no level "loud".\nhint: Levels: trace, debug, info, warn, error.\n',
    });
  });

  it('gets nothing to act on of a manifest, nor of an error that names something', async () => {
    const folder = await guestCopy('probe', {
      'description = "Test': 'description = "\\u009b31m\\u3164\\u202e',
    });
    const shown = await inTerminal(['inspect', folder]);
    expect(shown).not.toMatch(ACTED_ON);
    expect(JSON.parse(shown)).toMatchObject({
      description: expect.stringContaining('\u009b31m\u3164\u202e') as unknown,
    });
    expect(await inTerminal(['fly\u009b31m\nhint: trust me'])).toMatch(
      /^error: .*\\u\{9b\}31m.*\nhint: See/u,
    );
  });
});

/** Control and direction characters but the line feed. */
const ACTED_ON = /[^\P{Cc}\n]|\p{Cf}/u;

it('says 0 and one result for what went well', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'inspect', guestFolder('trap')]);
  expect(JSON.parse(stdout)).toMatchObject({ id: 'trap' });
});
