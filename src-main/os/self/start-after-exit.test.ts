import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { nodeScript } from './testing.ts';

describe('starting a program after this one', () => {
  it.each([['SIGTERM'], ['SIGKILL']] as const)(
    'waits for its end by %s, passes flags, and forgets the old mount',
    async (signal) => {
      const folder = await temporaryFolder();
      const program = join(folder, 'new program');
      const seen = join(folder, 'seen');
      await writeFile(
        program,
        `#!/bin/sh\necho "$1 $APPIMAGE" > '${seen}.part'; mv '${seen}.part' '${seen}'\n`,
      );
      await chmod(program, 0o755);
      const script = await nodeScript(
        folder,
        `import { startAfterExit } from './start-after-exit.ts';
        startAfterExit(${JSON.stringify(program)}, ['--a b']);
        setInterval(() => undefined, 1000);
        console.log('waiting');`,
      );
      const old = spawn(process.execPath, [script], {
        env: { ...process.env, APPIMAGE: '/old', APPDIR: '/old' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(old.stdout, 'data');
      await expect(stat(seen)).rejects.toThrow('ENOENT');
      old.kill(signal);
      await expect.poll(() => readFile(seen, 'utf8').catch(() => null), { timeout: 10_000 }).toBe('--a b \n');
    },
  );
});
