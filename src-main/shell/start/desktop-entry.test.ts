import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autostartEntry, execValue, isEntryOn, startedProgram } from './desktop-entry.ts';

describe('the entry for starting at login', () => {
  it('names the program', () => {
    expect(autostartEntry('Capsule Desktop', '/opt/Capsule Desktop/capsule-desktop')).toBe(
      '[Desktop Entry]\nType=Application\nName=Capsule Desktop\nExec="/opt/Capsule Desktop/capsule-desktop"\n' +
        'Terminal=false\nX-GNOME-Autostart-enabled=true\n',
    );
  });

  // The examples of the specification: four backslashes for a literal dollar sign's, eight for a backslash.
  it.each([
    ['/a b', '"/a b"'],
    ['/a$b', String.raw`"/a\\$b"`],
    ['/a\\b', String.raw`"/a\\\\b"`],
    ['/a"b', String.raw`"/a\\"b"`],
    ['/50%', '"/50%%"'],
  ])('writes %s as %s', (program, value) => {
    expect(execValue(program)).toBe(value);
  });

  it('is read back as the same one program', () => {
    const path = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/[\p{Cc}=]/u.test(text));
    fc.assert(
      fc.property(path, (name) => {
        const program = `/opt/${name}`;
        expect(readAsShell(execValue(program))).toBe(program);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['/a\nExec=/bin/sh', '/a\u0000', '/a=b'])('refuses the program %j', (program) => {
    expect(() => execValue(program)).toThrow('cannot name');
  });

  it.each([
    [autostartEntry('x', '/x'), true],
    ['', false],
    ['[Desktop Entry]\nExec=/x\nHidden=true\n', false],
    ['[Desktop Entry]\nExec=/x\nX-GNOME-Autostart-enabled=false\n', false],
    ['[Desktop Entry]\nExec=/x\n', true],
  ])('%j counts as on: %s', (entry, on) => {
    expect(isEntryOn(entry)).toBe(on);
  });
});

describe('the program that is started', () => {
  it.each([
    ['/opt/x/x', {}, '/opt/x/x'],
    ['/tmp/.mount_x/x', { APPIMAGE: '/home/me/x.AppImage', APPDIR: '/tmp/.mount_x' }, '/home/me/x.AppImage'],
    ['/opt/x/x', { APPIMAGE: '/home/me/other.AppImage', APPDIR: '/tmp/.mount_other' }, '/opt/x/x'],
    ['/opt/x/x', { APPIMAGE: '/home/me/other.AppImage' }, '/opt/x/x'],
  ])('%s with %j is %s', (program, environment, started) => {
    expect(startedProgram(program, environment)).toBe(started);
  });
});

/** Undoes the file's own escapes and the field codes; the quotes are those of a POSIX shell. */
function readAsShell(value: string): string {
  const line = value.replaceAll('\\\\', '\\').replaceAll('%%', '%');
  return execFileSync('/bin/sh', ['-c', `printf %s ${line}`], { encoding: 'utf8' });
}
