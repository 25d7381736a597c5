import { OsError } from '../os-error.ts';
import { openPath, type PathHandle } from './path-handle.ts';

/** Files of the application's own that are shown to a program in a sandbox, opened once and held open. */
export class OwnFiles {
  readonly #paths: Readonly<Record<string, string>>;
  readonly #folder: string;
  #opened: Promise<readonly OwnFile[]> | undefined;

  /**
   * @param paths by the name that each has inside
   * @param folder the folder inside, one that exists in no system view
   */
  constructor(paths: Readonly<Record<string, string>>, folder: string) {
    this.#paths = paths;
    this.#folder = folder;
  }

  /** Throws `OsError` `spawn-failed` for one that is not there; then it is tried again the next time. */
  async open(): Promise<readonly OwnFile[]> {
    this.#opened ??= this.#openAll();
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => []);
    this.#opened = undefined;
    opened?.forEach(({ handle }) => handle.close());
  }

  async #openAll(): Promise<readonly OwnFile[]> {
    const opened: OwnFile[] = [];
    try {
      for (const [name, path] of Object.entries(this.#paths)) {
        opened.push({ handle: await openOwn(path), target: `${this.#folder}/${name}` });
      }
      return opened;
    } catch (error) {
      opened.forEach(({ handle }) => handle.close());
      throw error;
    }
  }
}

interface OwnFile {
  readonly handle: PathHandle;
  readonly target: string;
}

async function openOwn(path: string): Promise<PathHandle> {
  const handle = await openPath(path);
  if (typeof handle === 'string') {
    throw new OsError('spawn-failed', `${path} cannot be opened.`, 'Install Capsule Desktop again.');
  }
  return handle;
}
