import { spawn } from 'node:child_process';
import { HOST_SHELL } from '../tool/host-tool.ts';

/** Variables that the runtime of an AppImage sets for the running one; the next sets its own. */
const OF_THE_OLD_ONE = ['APPIMAGE', 'APPDIR', 'ARGV0', 'OWD'];

/**
 * Starts a program as soon as this process has ended, however it ends: a shell waits for the end of a pipe
 * that only this process holds. Started earlier, it would find the application running and go away. Linux
 * and macOS.
 */
export function startAfterExit(program: string, flags: readonly string[]): void {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !OF_THE_OLD_ONE.includes(name)),
  );
  const waiter = spawn(HOST_SHELL.path, ['-c', 'read -r _; exec "$0" "$@" </dev/null', program, ...flags], {
    detached: true,
    env: environment,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  waiter.on('error', () => undefined);
  waiter.unref();
}

/** The flags of a command line (the program first): those stay; what it was given to open is not opened again. */
export function flagsOf(argv: readonly string[]): readonly string[] {
  const given = argv.slice(1);
  const end = given.indexOf('--');
  return (end === -1 ? given : given.slice(0, end)).filter((argument) => argument.startsWith('--'));
}
