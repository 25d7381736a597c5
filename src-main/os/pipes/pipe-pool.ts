import { closeSync, constants, mkdtempSync, openSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIFO_BATCH, FIFO_LOW_WATER, O_PATH } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { findTool } from '../tool/host-tool.ts';
import type { Launcher } from '../launcher/launcher.ts';

/** A real kernel pipe. Both descriptors are close-on-exec and belong to the caller. */
export interface PipeEnds {
  /** Non-blocking, for this process. */
  readonly ours: number;
  /** Blocking, for the child; close it here once the child has it. */
  readonly theirs: number;
  /** Refers to the pipe without holding it open; for `PipeSink`, which owns it. Only for `to-child`. */
  readonly name: number | null;
}

/**
 * Makes real pipes, which Node has no call for: `stdio: 'pipe'` gives a child a socket, on which
 * `/dev/stdout` and `/dev/stdin` cannot be opened and which bash takes for a remote shell. A FIFO whose name is
 * gone is a pipe. Names are made in batches and removed at once, so nothing is on disk while in use; each FIFO
 * serves once, so no process ever holds a way into another one's stream.
 * (What a FIFO does otherwise than a pipe, `PipeSink` makes up for.)
 */
export class PipePool {
  readonly #launcher: Launcher;
  readonly #mark: string;
  readonly #paths: number[] = [];
  #refill: Promise<void> | undefined;
  #disposed = false;

  /**
   * @param launcher runs `mkfifo`
   * @param mark what the name of a folder for new ones begins with; whoever finds it without its owner removes it
   */
  constructor(launcher: Launcher, mark: string) {
    this.#launcher = launcher;
    this.#mark = mark;
  }

  /** Calls `take` as soon as `count` pipes can be opened, and answers what it answers. Many may wait at the same time. */
  async withPipes<T>(count: number, take: () => T): Promise<T> {
    while (this.#paths.length < count) {
      await this.#fill();
    }
    // In the turn in which they were counted: everybody else who waits counts after this.
    const taken = take();
    if (this.#paths.length < FIFO_LOW_WATER && !this.#disposed) {
      // In the background; a failure shows up in the next spawn that has to wait.
      this.#fill().catch(() => undefined);
    }
    return taken;
  }

  /** Opens one pipe, within `withPipes`. Throws the system's error when descriptors run out. */
  open(direction: 'from-child' | 'to-child'): PipeEnds {
    const path = this.#paths.pop();
    if (path === undefined) {
      throw new OsError('spawn-failed', 'No pipe is available.', 'Try again.');
    }
    const name = `/proc/self/fd/${String(path)}`;
    const opened: number[] = [];
    const open = (flags: number): number => {
      const fd = openSync(name, flags);
      opened.push(fd);
      return fd;
    };
    try {
      // Both ways at first: only so does opening one side not wait for the other.
      const both = open(constants.O_RDWR | constants.O_NONBLOCK);
      const [mine, other] =
        direction === 'from-child'
          ? [constants.O_RDONLY, constants.O_WRONLY]
          : [constants.O_WRONLY, constants.O_RDONLY];
      const ends = { ours: open(mine | constants.O_NONBLOCK), theirs: open(other) };
      closeSync(both);
      if (direction === 'to-child') {
        return { ...ends, name: path };
      }
      closeSync(path);
      return { ...ends, name: null };
    } catch (error) {
      [...opened, path].forEach((fd) => closeSync(fd));
      throw error;
    }
  }

  /** Gives the prepared pipes back; resolves when no name of one under way is left on disk either. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#refill?.catch(() => undefined);
    this.#paths.splice(0).forEach((path) => closeSync(path));
  }

  #fill(): Promise<void> {
    this.#refill ??= this.#make().finally(() => {
      this.#refill = undefined;
    });
    return this.#refill;
  }

  async #make(): Promise<void> {
    const mkfifo = await findTool('mkfifo');
    if (mkfifo === null) {
      throw new OsError('spawn-failed', 'mkfifo is not installed.', 'Install the package coreutils.');
    }
    const folder = mkdtempSync(join(tmpdir(), `${this.#mark}-pipes-`));
    const names = Array.from({ length: FIFO_BATCH }, (_, index) => String(index));
    try {
      const { ok, stderr } = await this.#launcher.run(mkfifo, ['-m', '600', ...names], { cwd: folder });
      if (!ok) {
        throw new OsError(
          'spawn-failed',
          `Could not create pipes: ${stderr.trim()}`,
          'Free some disk space.',
        );
      }
      for (const name of names) {
        this.#paths.push(openSync(join(folder, name), O_PATH));
      }
    } finally {
      // One by one: to list the folder takes a descriptor, and there may be none left.
      names.forEach((name) => rmSync(join(folder, name), { force: true }));
      rmdirSync(folder);
    }
  }
}
