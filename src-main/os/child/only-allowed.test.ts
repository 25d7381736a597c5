import { expect, it } from 'vitest';
import { Gate, type Allowed } from '../../policy/gate.ts';
import type { Folder, Program } from '../../policy/need.ts';
import { noRights } from '../../policy/rights.ts';
import type { InjectedFile } from '../files/injected-files.ts';
import type { PathHandle } from '../files/path-handle.ts';
import type { Workspace } from '../files/workspaces.ts';
import { makeWorkspace, script } from '../testing.ts';
import { findTool, type HostTool } from '../tool/host-tool.ts';
import { runTool } from '../tool/run-tool.ts';
import type { SandboxSpawner, SpawnSpec } from './spawn.ts';

const { path, remove } = makeWorkspace();
const spec = await script(path, 'true');
remove();

/** Compiled, never called: each line is one that the compiler must refuse. */
export async function refusedByTheCompiler(spawner: SandboxSpawner, gate: Gate): Promise<void> {
  const injections = [{ file: path, target: '/run/x' }];
  // @ts-expect-error no gate allowed this program
  await spawner.spawn({ ...spec, program: '/usr/bin/true' });
  // @ts-expect-error an object that looks like what the gate makes is none
  await spawner.spawn({ ...spec, program: { value: { path: '/usr/bin/true', real: '/usr/bin/true' } } });
  // @ts-expect-error a folder that was allowed is no program that was
  await spawner.spawn({ ...spec, program: await gate.require(folderNeed) });
  // @ts-expect-error no gate allowed this folder
  await spawner.spawn({ ...spec, folders: ['/root'] });
  // @ts-expect-error an object that looks like what the gate makes is none
  await spawner.spawn({ ...spec, folders: [{ value: { path: '/root', access: 'write' } }] });
  // @ts-expect-error a name is not held open by saying so, whoever allowed it
  await spawner.spawn({ ...spec, folders: [await gate.require(folderNeed)] });
  // @ts-expect-error the host made no such workspace
  await spawner.spawn({ ...spec, workspace: '/root' });
  // @ts-expect-error nor one that merely has a path
  await spawner.spawn({ ...spec, workspace: { path: '/root' } });
  // @ts-expect-error the host wrote no such file
  await spawner.spawn({ ...spec, injections });
}

/** Compiled, never called: what the host runs for itself and what capsules may start are two kinds. */
export async function notForTheHostItself(bwrap: HostTool, gate: Gate): Promise<void> {
  const need = { kind: 'program', command: 'x', path: '/x', real: '/x', pinned: false } as const;
  // @ts-expect-error what the host runs for itself is written down in one place
  await runTool('/usr/bin/true', []);
  // @ts-expect-error what a capsule may start is not run outside of the sandbox
  await runTool(await gate.require(need), []);
  // @ts-expect-error nor is what the host runs for itself started for a capsule
  ({ ...spec, program: bwrap }) satisfies SpawnSpec;
  // @ts-expect-error no other program is one of the host's
  await findTool('true');
}

/** Compiled, never called: a right to something else does not mint a path that came along with the question. */
export async function notMintedOnTheWay(gate: Gate): Promise<void> {
  const flag = { kind: 'flag', capability: 'uplink', access: 'write', path: '/root', real: '/root' } as const;
  // @ts-expect-error a flag is no folder
  (await gate.require(flag)) satisfies Allowed<Folder>;
  // @ts-expect-error a flag is no program
  (await gate.require(flag)) satisfies Allowed<Program>;
}

/** Compiled, never called: nobody else can make one. */
export function madeByNobodyElse(Made: {
  readonly workspace: typeof Workspace;
  readonly file: typeof InjectedFile;
  readonly handle: typeof PathHandle;
}): readonly unknown[] {
  return [
    // @ts-expect-error the constructor is private
    new Made.handle('/root'),
    // @ts-expect-error the constructor is private
    new Made.workspace('/root'),
    // @ts-expect-error the constructor is private
    new Made.file('/etc/shadow'),
  ];
}

const folderNeed = {
  kind: 'folder',
  entry: '/data',
  access: 'read',
  path: '/data',
  held: { path: '/data' },
  pinned: false,
} as const;

it('mints nothing for what opens nothing of the machine, whatever came along with the question', async () => {
  const gate = new Gate(
    { resolved: { of: () => [], pin: () => Promise.resolve() }, ask: () => Promise.resolve(false) },
    {
      ...{ capsule: 'c', principal: 'p', signal: new AbortController().signal },
      rights: { ...noRights, uplink: true },
    },
  );
  const asked = {
    kind: 'flag',
    capability: 'uplink',
    access: 'write',
    path: '/root',
    real: '/root',
  } as const;
  await expect(gate.require(asked)).resolves.toBeUndefined();
});
