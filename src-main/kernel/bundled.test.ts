import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exampleFolder } from '../testing/guests.ts';
import { dataFolder, WORKER_FOLDER } from '../testing/kernel.ts';
import { readAudit } from '../testing/read-audit.ts';
import { createKernel } from './kernel.ts';

describe('what ships with the application', () => {
  it('is installed by the application and not by the operator, and the log says with which rights', async () => {
    const dataDir = await dataFolder();
    const bundled = [join(exampleFolder('runner'), 'build', 'runner.capsule')];
    const options = { dataDir, version: '0', electronVersion: null, workerFolder: WORKER_FOLDER, bundled };
    const kernel = await createKernel(options);
    onTestFinished(() => kernel.dispose());
    await expect
      .poll(() => readAudit(dataDir))
      .toMatchObject([
        {
          principal: 'application',
          action: 'application#install',
          target: expect.stringMatching(/^runner \S+ [0-9a-f]{64} granted host_process$/),
          outcome: 'allowed',
        },
      ]);
    await kernel.install(bundled[0] ?? '', { grants: [] });
    await expect
      .poll(() => readAudit(dataDir))
      .toMatchObject([
        { action: 'application#install' },
        {
          principal: 'operator',
          action: 'operator#install',
          target: expect.stringMatching(/ granted nothing$/),
        },
      ]);
  });
});
