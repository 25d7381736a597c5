import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyAudit } from '../store/audit-verify.ts';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel, WORKER_FOLDER } from '../testing/kernel.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

/** A program with a kernel on `dataDir` that says `open`, or how it was refused, and then waits. */
async function kernelElsewhere(dataDir: string) {
  const program = `
    import { createKernel } from ${JSON.stringify(join(WORKER_FOLDER, 'index.js'))};
    try {
      await createKernel({ dataDir: process.argv[1], version: '0', electronVersion: null,
        workerFolder: ${JSON.stringify(WORKER_FOLDER)} });
      console.log('open');
    } catch (error) {
      console.log(error.code + ': ' + error.message);
    }
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, dataDir], {
    // Its imports are this project's.
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { pid: child.pid, said: said.toString().trim(), kill };
}

describe('a data folder that a kernel has open', () => {
  it('is refused to another in the same program, who changes nothing in it; afterwards it is free', async () => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    const { token } = await first.kernel.inspect(guestFolder('trap'));
    await expect(openKernel(dataDir)).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringMatching(
        new RegExp(
          `^The data folder ${dataDir} is in use by Capsule Desktop \\(PID ${process.pid}, started \\d\\d:\\d\\d\\)\\.$`,
        ),
      ),
      hint: expect.stringContaining('choose another data folder'),
    });
    await expect(first.kernel.confirm(token, 'all')).resolves.toMatchObject({ id: 'trap' });
    await first.kernel.dispose();
    const second = await openKernel(dataDir);
    await second.kernel.remove('trap');
    await second.kernel.dispose();
    await expect(
      verifyAudit(join(dataDir, 'audit'), (message) => {
        throw new Error(message);
      }),
    ).resolves.toMatchObject({ records: 2 });
  });

  it('is refused to another program, and by another path', async () => {
    const dataDir = await dataFolder();
    const { kernel } = await openKernel(dataDir);
    const link = join(await temporaryFolder(), 'link');
    await symlink(dataDir, link);
    const { said } = await kernelElsewhere(link);
    expect(said).toContain(
      `data-folder-in-use: The data folder ${link} is in use by Capsule Desktop (PID ${process.pid},`,
    );
    await kernel.dispose();
  });

  it('is free at once when its owner was killed, whatever the files in it say', async () => {
    const dataDir = await dataFolder();
    const other = await kernelElsewhere(dataDir);
    expect(other.said).toBe('open');
    await expect(openKernel(dataDir)).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringContaining(`PID ${other.pid}`),
    });
    await other.kill();
    const owner = await readFile(join(dataDir, 'in-use.json'), 'utf8');
    // A program that is alive has the number by now.
    await writeFile(join(dataDir, 'in-use.json'), owner.replace(String(other.pid), String(process.pid)));
    const { kernel } = await openKernel(dataDir);
    await kernel.dispose();
  });

  it('is free when the kernel could not be made', async () => {
    const dataDir = await dataFolder();
    await writeFile(join(dataDir, 'capsules'), '');
    await expect(openKernel(dataDir)).rejects.toMatchObject({ code: 'data-folder-unusable' });
    await expect(openKernel(dataDir)).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });

  it('stays taken while its programs run, and is free when they have ended with their owner', async () => {
    // What a child inherits would keep the lock: the sandbox, its program and every tool end or let go of it.
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('probe'), { grants: 'all' });
    const payload = JSON.stringify({ args: [{ cmd: 'sleep', args: ['100'], env: [] }] });
    await first.kernel.invoke({ capsule: 'probe', action: 'process.spawnPersistent', payload });
    const sleeper = spawn('sleep', ['100'], { stdio: 'ignore' });
    onTestFinished(() => void sleeper.kill('SIGKILL'));
    await expect(openKernel(dataDir)).rejects.toMatchObject({ code: 'data-folder-in-use' });
    await first.kernel.dispose();
    const second = await openKernel(dataDir);
    await second.kernel.dispose();
  });
});
