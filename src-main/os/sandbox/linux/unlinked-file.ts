import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OsError } from '../../os-error.ts';

/** Bytes for children to read from a descriptor, in a file without a name: nobody finds it, and it is gone with this process. */
export class UnlinkedFile {
  #fd: number | null;

  constructor(bytes: Uint8Array) {
    const folder = mkdtempSync(join(tmpdir(), 'capsule-'));
    try {
      const path = join(folder, 'bytes');
      writeFileSync(path, bytes, { mode: 0o600 });
      this.#fd = openSync(path, 'r');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** A descriptor of its own at the first byte, for reading only; the caller closes it. Throws once `close` was called. */
  open(): number {
    if (this.#fd === null) {
      throw new OsError('spawn-failed', 'The spawner is closed.', 'Restart the application.');
    }
    return openSync(`/proc/self/fd/${String(this.#fd)}`, 'r');
  }

  close(): void {
    if (this.#fd !== null) {
      closeSync(this.#fd);
      this.#fd = null;
    }
  }
}
