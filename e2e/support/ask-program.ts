import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Launched } from './launched.ts';
import { installed } from './program.ts';

/**
 * What the program answers on stdout to a flag such as `--version`, asked without a display and with a data
 * folder that is not there.
 */
export async function askProgram(
  { child }: Launched,
  flag: string,
  dataDir: string,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...environment } = process.env;
  const identity = installed?.account ?? null;
  const args = child.spawnargs.slice(1).filter((argument) => !/^--(inspect|remote-debugging)/.test(argument));
  const program = spawn(child.spawnfile, [...args, flag], {
    cwd: '/',
    ...(identity === null ? {} : { uid: identity.uid, gid: identity.gid }),
    env: {
      ...environment,
      ...(identity === null ? {} : { HOME: identity.home }),
      CAPSULE_DESKTOP_DATA: dataDir,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  program.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const [code] = (await once(program, 'close')) as [number | null];
  return { code, text };
}
