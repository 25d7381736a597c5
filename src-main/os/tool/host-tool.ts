import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { CHILD_PATH } from '../limits.ts';

/** What the host runs of the system for itself. No capsule asks for these, so no gate is asked either. */
export type HostToolName = 'bwrap' | 'prlimit' | 'mkfifo' | 'flock' | 'sandbox-exec';

let mint: (path: string) => HostTool;

/**
 * A program that the host runs for itself: one of the list above, or its shell. What a capsule asks for is an
 * `Allowed<Program>`, and neither passes for the other.
 */
export class HostTool {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static {
    mint = (path) => new HostTool(path);
  }

  /** Absolute. */
  get path(): string {
    return this.#path;
  }
}

/** For scripts that the host wrote itself. Every system has it in this place. */
export const HOST_SHELL = mint('/bin/sh');

/**
 * The first executable of that name, or null.
 *
 * @param searchPath colon-separated folders
 */
export async function findTool(
  name: HostToolName,
  searchPath: string = CHILD_PATH,
): Promise<HostTool | null> {
  for (const folder of searchPath.split(':')) {
    const path = `${folder}/${name}`;
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) {
      return mint(path);
    }
  }
  return null;
}
