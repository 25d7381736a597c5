import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GrantedPaths } from '../../os/files/granted-paths.ts';
import { workspaceAt } from '../../os/testing.ts';
import { Gate } from '../../policy/gate.ts';
import type { ResolvedEntry } from '../../policy/resolved-entry.ts';
import { noRights } from '../../policy/rights.ts';
import { guestCopy } from '../../testing/guests.ts';
import { startKernel } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { openProgram } from './places.ts';
import { probeIn } from '../testing.ts';

const UP = '/..'.repeat(20);

/** Ways to write another program that begin like, end like or contain a granted one. */
const SPELLINGS: readonly string[] = [
  `true ${UP}/usr/bin/bash`,
  `true  ${UP}/usr/bin/bash`,
  `true x${UP}/usr/bin/bash`,
  `true /.${UP}/usr/bin/bash`,
  `true /../bash`,
  `true${UP}/usr/bin/bash`,
  `true/../../../../../../../usr/bin/bash`,
  `/usr/bin/true ${UP}/usr/bin/bash`,
  `/usr/bin/true /../bash`,
  `/usr/bin/true/../bash`,
  `/usr/bin/true ../../bin/bash`,
  `/usr/bin/../bin/true`,
  `/usr/bin/./true`,
  `/usr//bin/true`,
  `//usr/bin/true`,
  `/usr/bin/true/`,
  `/usr/bin/true/.`,
  `/usr/bin/true `,
  ` /usr/bin/true`,
  `true `,
  ` true`,
  `true -c`,
  `true\u00a0${UP}/usr/bin/bash`,
  `./true`,
  `TRUE`,
  `true ; bash`,
  `./own ${UP}/usr/bin/bash`,
  `./own${UP}/usr/bin/bash`,
  `own`,
  `././own`,
  `bash`,
  `/usr/bin/bash`,
  `.${UP}/usr/bin/bash`,
];

describe('a command', () => {
  it('is only the very text of an entry: every other way to write a program starts and fixes nothing', async () => {
    const started = await startKernel();
    const folder = await guestCopy('probe', {
      '"cat", "date", "echo", "env", "false", "head", "id", "ls", "no-such-program", "printf", "prlimit", "ps",':
        '',
      '"pwd", "python3", "sh", "sleep", "true", "wc", "yes",': '"true", "/usr/bin/true", "./own"',
    });
    await started.kernel.install(folder, { grants: 'all' });
    const workspace = join(started.dataDir, 'workspaces', 'default', 'probe');
    // With these the kernel, too, finds its way along the paths that go up.
    await mkdir(join(workspace, 'true '), { recursive: true });
    await mkdir(join(workspace, 'true'));
    const probe = probeIn(started.kernel);
    const calls = ['process.spawn', 'process.spawnBackground', 'process.spawnPersistent'];
    for (const call of calls) {
      for (const cmd of SPELLINGS) {
        const request = { cmd, args: ['-c', 'echo started'], env: [] };
        // The rate of starts is bounded; over it the next second decides.
        await expect
          .poll(async () => [cmd, await probe.ask(call, [request])], { timeout: 5_000, interval: 100 })
          .toEqual([cmd, { err: { tag: 'capability-denied' } }]);
      }
    }
    expect(started.kernel.processes()).toEqual([]);
    await expect
      .poll(
        async () =>
          (await started.audit()).filter(
            ({ outcome, reason }) => outcome === 'denied' && reason.startsWith('host_process'),
          ).length,
      )
      .toBe(SPELLINGS.length * calls.length);
    expect((await started.audit()).filter(({ action }) => action.startsWith('host#pin'))).toEqual([]);

    for (const cmd of ['true', '/usr/bin/true']) {
      await expect
        .poll(() => probe.ask('process.spawn', [{ cmd, args: [], env: [] }]), {
          timeout: 5_000,
          interval: 100,
        })
        .toMatchObject({ ok: { exit: { exitCode: 0 } } });
    }
  });
});

describe('a program that the gate would have let pass', () => {
  it('is not opened, nor fixed as granted, when it is not an entry', async () => {
    const workspace = await realpath(await temporaryFolder());
    const pinned: ResolvedEntry[] = [];
    const resolved = {
      of: () => pinned,
      pin: (_capsule: string, _principal: string, entry: ResolvedEntry) =>
        Promise.resolve(void pinned.push(entry)),
    };
    const gate = new Gate(
      { resolved, ask: () => Promise.resolve(false) },
      {
        capsule: 'probe',
        principal: 'default',
        rights: { ...noRights, host_process: ['true', '/usr/bin/true'] },
        signal: new AbortController().signal,
      },
    );
    const paths = new GrantedPaths(await temporaryFolder());
    const places = {
      workspace: await workspaceAt(workspace),
      folders: [],
      cwd: workspace,
      home: null,
      close: () => undefined,
    };
    const open = (command: string) => openProgram({ paths }, { gate }, command, places);
    for (const command of [...SPELLINGS, 'sh']) {
      await expect(open(command), command).rejects.toThrow(
        expect.objectContaining({ name: expect.stringMatching(/^(?:Denied|TypedError)$/) }),
      );
    }
    expect(pinned).toEqual([]);
    await open('/usr/bin/true');
    expect(pinned).toMatchObject([{ kind: 'program', asked: '/usr/bin/true' }]);
  });
});
