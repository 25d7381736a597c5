import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { CHILD_PATH, GUARD_PAUSE_SECS, GUARD_QUIET_LOOKS } from '../limits.ts';
import { HOST_SHELL } from './host-tool.ts';
import { notStarted, requireDescriptors } from './run-tool.ts';
import { blankInherited, descriptors } from './spawn-inherited.ts';

/**
 * Waits for the end of its input. Without a word of farewell before it, this process was killed: then everything that
 * carries the mark is ended and removed, again and again until nothing was found for a while, since what was being started
 * in that moment may get its mark only afterwards.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM PIPE
read -r mark || exit
read -r folder || exit
echo ready
read -r farewell && exit
quiet=0
while [ "$quiet" -lt ${String(GUARD_QUIET_LOOKS)} ]; do
  quiet=$((quiet + 1))
  for file in $(grep -ls -- "^$mark" /proc/[0-9]*/cmdline); do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/cmdline}" && quiet=0
  done
  for name in "$folder/$mark"*; do
    [ -e "$name" ] && rm -rf -- "$name" && quiet=0
  done
  sleep ${GUARD_PAUSE_SECS}
done 2>/dev/null
`;

/**
 * Ends and removes what this process leaves behind when it is killed without warning.
 *
 * bubblewrap's own `--die-with-parent` begins late: the outer process asks for it after it has made the init of the
 * sandbox, init after all its mounts and its own fork. Killed before, this process leaves a sandbox that is bound to nobody,
 * or one whose init waits for ever for an outer process that has died. No option closes all of these gaps, so one small shell
 * for each spawner looks after them: it outlives this process by its last chore.
 */
export class HostGuard {
  /**
   * The beginning of the command line (`argv[0]`) of what is to end with this process, and of the name of what is to be
   * removed from the temporary folder.
   */
  readonly mark = `capsule-${randomBytes(16).toString('hex')}`;
  #running: Promise<Guard> | undefined;

  /** Resolves when somebody watches. Throws `OsError` `spawn-failed`. */
  async start(): Promise<void> {
    this.#running ??= this.#launch();
    await this.#running;
  }

  /** Nothing is left to look after; resolves when the guard has gone. */
  async dispose(): Promise<void> {
    const guard = await this.#running?.catch(() => undefined);
    await guard?.leave();
  }

  async #launch(): Promise<Guard> {
    try {
      requireDescriptors();
      return await launch(this.mark, () => {
        this.#running = undefined;
      });
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }
}

interface Guard {
  /** Tells it that nothing is left to do; resolves when it has gone. */
  readonly leave: () => Promise<void>;
}

async function launch(mark: string, onExit: () => void): Promise<Guard> {
  const lent: number[] = [];
  // What Chromium has open would stay open as long as the guard lives, and its other ends would wait for that.
  const blanks = blankInherited(2, lent);
  const shell = execa(HOST_SHELL.path, ['-c', SCRIPT], {
    env: { PATH: CHILD_PATH },
    extendEnv: false,
    cwd: '/',
    stdio: descriptors('pipe', 'pipe', 'ignore', ...blanks),
    buffer: false,
    reject: false,
    // It must outlive this process, and whatever ends its process group.
    detached: true,
    cleanup: false,
  });
  lent.forEach(closeSync);
  const exited = new Promise((resolve) => shell.once('exit', resolve));
  void exited.then(onExit);
  const input = shell.stdio[0] as unknown as Socket;
  const output = shell.stdio[1] as unknown as Socket;
  // Gone guards are started anew; nobody else needs to hear of it.
  input.on('error', () => undefined);
  input.write(`${mark}\n${tmpdir()}\n`);
  const ready = await Promise.race([
    once(output, 'data'),
    exited.then(() => null),
    shell.then(({ cause }) => cause ?? null),
  ]);
  if (!Array.isArray(ready)) {
    throw notStarted(ready);
  }
  output.destroy();
  input.unref();
  shell.unref();
  return {
    async leave() {
      shell.ref();
      input.end('farewell\n');
      await exited;
    },
  };
}
