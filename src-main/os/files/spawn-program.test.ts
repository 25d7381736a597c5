import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveProgram } from './spawn-program.ts';
import { readSystemView } from '../sandbox/spec/system-view.ts';
import { makeWorkspace } from '../testing.ts';

const UP = '/..'.repeat(20);

describe('the path of a program', () => {
  it('goes up nowhere, whether or not the folders on the way are there', async () => {
    const made = makeWorkspace();
    onTestFinished(made.remove);
    const workspace = realpathSync(made.path);
    const view = await readSystemView();
    const resolve = (command: string) => resolveProgram(command, { cwd: workspace, workspace }, view);
    mkdirSync(join(workspace, 'true '));
    mkdirSync(join(workspace, 'sub'));
    writeFileSync(join(workspace, 'own'), '#!/bin/sh\n');
    chmodSync(join(workspace, 'own'), 0o755);
    const refused = [
      `true ${UP}/usr/bin/env`,
      `missing ${UP}/usr/bin/env`,
      `/usr/bin/true /../env`,
      `/usr/bin/../bin/env`,
      'sub/../own',
      './../own',
      '../own',
    ];
    for (const command of refused) {
      await expect(resolve(command), command).rejects.toMatchObject({
        code: 'invalid-spawn',
        message: expect.stringContaining('contains "..".') as string,
      });
    }
    // Two dots in a name are no way up.
    writeFileSync(join(workspace, 'a..b'), '#!/bin/sh\n');
    chmodSync(join(workspace, 'a..b'), 0o755);
    await expect(resolve('./a..b')).resolves.toBe(join(workspace, 'a..b'));
    await expect(resolve('./own')).resolves.toBe(join(workspace, 'own'));
    await expect(resolve('/usr/bin/env')).resolves.toBe('/usr/bin/env');
  });
});
