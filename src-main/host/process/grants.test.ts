import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CapabilityView } from '../../contract/views.ts';
import { openKernel, startKernel } from '../../testing/kernel.ts';
import { manifestAsking, probeAsking, probeIn, run, shell } from '../testing.ts';

async function machineFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'capsule-granted-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const program = (text: string): string => `#!/bin/sh\necho ${text}\n`;
const places = (views: readonly CapabilityView[], name: string) =>
  views.find((view) => view.name === name)?.places ?? [];

describe('a granted folder of the machine', () => {
  it('is readable and not writable with fs_read, both with fs_write, and not there without the grant', async () => {
    const [readable, writable] = [await machineFolder(), await machineFolder()];
    await writeFile(join(readable, 'note'), 'read me');
    const asked = { fsRead: [readable], fsWrite: [writable] };
    const script = `cat ${readable}/note; echo x > ${readable}/new; echo y > ${writable}/new; cat ${writable}/new`;

    const granted = await run((await probeAsking(asked)).probe, script);
    expect(granted).toMatch(/^read mey\n.*Read-only file system/s);
    await expect(readFile(join(writable, 'new'), 'utf8')).resolves.toBe('y\n');

    const refused = await run((await probeAsking(asked, ['host_process'])).probe, script);
    expect(refused.match(/No such file|nonexistent/g)).toHaveLength(4);
  });

  it('may be a single file', async () => {
    const folder = await machineFolder();
    await writeFile(join(folder, 'a'), 'this one');
    await writeFile(join(folder, 'b'), 'not this one');
    const { probe } = await probeAsking({ fsRead: [join(folder, 'a')] });
    await expect(run(probe, `cat ${folder}/a ${folder}/b`)).resolves.toMatch(/^this one.*No such file/s);
  });

  it('is left out when it is not there, and opened once it is', async () => {
    const folder = join(await machineFolder(), 'later');
    const { probe, audit } = await probeAsking({ fsRead: [folder] });
    await expect(run(probe, `ls ${folder}`)).resolves.toMatch(/No such file/);
    await mkdir(folder);
    await writeFile(join(folder, 'note'), '');
    await expect(run(probe, `ls ${folder}`)).resolves.toBe('note\n');
    await expect
      .poll(async () => (await audit()).filter(({ action }) => action === 'host#pin-folder'))
      .toMatchObject([{ capsule: 'probe', principal: 'default', target: `${folder} → ${folder}` }]);
  });

  it('is fixed to its own name when it is not there at the grant, and to no link that somebody puts there', async () => {
    const folder = await machineFolder();
    await mkdir(join(folder, 'shared'));
    await mkdir(join(folder, 'private'));
    await writeFile(join(folder, 'private', 'note'), 'SECRET');
    const entry = join(folder, 'shared/later');
    const { probe, audit } = await probeAsking({ fsWrite: [entry] });
    await symlink('../private', entry);
    await expect(probe.errOf('process.spawn', [shell(`cat ${entry}/note`)])).resolves.toBe(
      'capability-denied',
    );
    await expect
      .poll(async () => (await audit()).at(-1))
      .toMatchObject({ outcome: 'denied', reason: expect.stringContaining(`${folder}/private`) });
    await rm(entry);
    await mkdir(entry);
    await expect(run(probe, `ls -d ${entry}`)).resolves.toBe(`${entry}\n`);
  });

  it('starts nothing once its link leads elsewhere', async () => {
    const folder = await machineFolder();
    await mkdir(join(folder, 'a'));
    await mkdir(join(folder, 'b'));
    await symlink('a', join(folder, 'link'));
    const { probe, audit } = await probeAsking({ fsRead: [join(folder, 'link')] });
    await expect(run(probe, `ls -d ${folder}/link`)).resolves.toBe(`${folder}/link\n`);
    await rm(join(folder, 'link'));
    await symlink('b', join(folder, 'link'));
    await expect(probe.errOf('process.spawn', [shell('true')])).resolves.toBe('capability-denied');
    await expect
      .poll(async () => (await audit()).at(-1))
      .toMatchObject({ outcome: 'denied', reason: expect.stringContaining(`resolves to ${folder}/b`) });
  });
});

describe('what no grant opens', () => {
  it('is the system, keys, the application’s folder, services’ sockets, and what holds them', async () => {
    const started = await startKernel();
    const data = await realpath(started.dataDir);
    const secret = join(data, 'secret');
    await writeFile(secret, 'secret');
    const entries = [
      '/',
      '~',
      homedir(),
      join(homedir(), '.ssh'),
      data,
      secret,
      '/etc',
      '/etc/shadow',
      '/run',
      '/proc',
      '/tmp/.X11-unix',
      join(homedir(), '.Xauthority'),
    ];
    const folder = await manifestAsking({ fsRead: entries, fsWrite: [...entries, '/usr/local', '/usr'] });
    const { capabilities } = await started.kernel.inspect(folder);
    const shown = places(capabilities, 'fs_read');
    expect(shown.map(({ value }) => value)).toEqual(entries.filter((entry) => entry !== '~'));
    expect(shown.filter(({ path, note }) => path !== null || !note.startsWith('never accessible'))).toEqual(
      [],
    );

    await started.kernel.install(folder, { grants: 'all' });
    const probe = probeIn(started.kernel);
    await expect(
      run(probe, `cat ${secret}; cat /etc/shadow; ls ${homedir()}/.ssh; ls ${data}`),
    ).resolves.not.toMatch(/secret\n|root:/);
    await expect(run(probe, 'echo x > /usr/local/x; echo x > /usr/x')).resolves.toMatch(
      /(.*Read-only file system\n){2}/,
    );
    // Of the application's folder there is only the way to the workspace.
    await expect(run(probe, `ls ${data}`)).resolves.toBe('workspaces\n');
    await expect(run(probe, `ls ${data}/workspaces/default`)).resolves.toBe('probe\n');
  });

  it('is a link to such a place', async () => {
    const folder = await machineFolder();
    await symlink('/etc', join(folder, 'etc'));
    const { probe } = await probeAsking({ fsRead: [join(folder, 'etc')] });
    await expect(run(probe, `ls ${folder}/etc`)).resolves.toMatch(/No such file/);
  });
});

describe('a granted command', () => {
  it('is shown with where it leads before it is granted', async () => {
    const started = await startKernel();
    const folder = await manifestAsking({ commands: ['./own', '/not/there'] });
    const { capabilities } = await started.kernel.inspect(folder);
    const shown = new Map(places(capabilities, 'host_process').map((place) => [place.value, place]));
    expect(shown.get('sh')?.path).toBe(await realpath('/bin/sh'));
    expect(shown.get('no-such-program')).toMatchObject({ path: null, note: 'not found on this machine' });
    expect(shown.get('/not/there')).toMatchObject({ path: null, note: 'not found on this machine' });
    expect(shown.get('./own')).toMatchObject({ path: null, note: expect.stringContaining('workspace') });
    const { capabilities: installed } = await started.kernel.install(folder, { grants: 'all' });
    expect(places(installed, 'host_process')).toEqual(places(capabilities, 'host_process'));
  });

  it('may change at its place, but not lead elsewhere, also after a restart', async () => {
    const folder = await machineFolder();
    const tool = join(folder, 'tool');
    await writeFile(join(folder, 'one'), program('one'), { mode: 0o755 });
    await writeFile(join(folder, 'two'), program('two'), { mode: 0o755 });
    await symlink('one', tool);
    const started = await probeAsking({ commands: [tool], fsRead: [folder] });
    const request = { cmd: tool, args: [], env: [] };
    await expect(started.probe.ok('process.spawn', [request])).resolves.toMatchObject({ stdout: 'one\n' });

    await writeFile(join(folder, 'one.new'), program('updated'), { mode: 0o755 });
    await rename(join(folder, 'one.new'), join(folder, 'one'));
    await expect(started.probe.ok('process.spawn', [request])).resolves.toMatchObject({
      stdout: 'updated\n',
    });

    await rm(tool);
    await symlink('two', tool);
    await expect(started.probe.errOf('process.spawn', [request])).resolves.toBe('capability-denied');
    await started.kernel.dispose();
    const again = await openKernel(started.dataDir);
    onTestFinished(() => again.kernel.dispose());
    await expect(probeIn(again.kernel).errOf('process.spawnBackground', [request])).resolves.toBe(
      'capability-denied',
    );
    await expect
      .poll(async () => (await again.audit()).at(-1))
      .toMatchObject({
        outcome: 'denied',
        reason: `${tool} now resolves to ${folder}/two but was granted as ${folder}/one; reinstall the capsule to grant it`,
      });
    await again.kernel.install(await manifestAsking({ commands: [tool], fsRead: [folder] }), {
      grants: 'all',
    });
    await expect(probeIn(again.kernel).ok('process.spawn', [request])).resolves.toMatchObject({
      stdout: 'two\n',
    });
  });

  it('that comes later is fixed at its first use, which is recorded once', async () => {
    const folder = await machineFolder();
    const tool = join(folder, 'tool');
    const started = await probeAsking({ commands: [tool], fsRead: [folder] });
    const request = { cmd: tool, args: [], env: [] };
    await expect(started.probe.ask('process.spawn', [request])).resolves.toMatchObject({
      err: { tag: 'unknown' },
    });
    await writeFile(tool, program('here'), { mode: 0o755 });
    await started.probe.ok('process.spawn', [request]);
    await started.probe.ok('process.spawn', [request]);
    const pins = async () => (await started.audit()).filter(({ action }) => action === 'host#pin-program');
    await expect.poll(pins).toMatchObject([{ target: `${tool} → ${tool}`, outcome: 'allowed' }]);
    const [view] = started.kernel.capsules();
    expect(places(view?.capabilities ?? [], 'host_process').find(({ value }) => value === tool)?.path).toBe(
      tool,
    );
  });

  it('of a capsule installed before commands were fixed works, and is fixed then', async () => {
    const started = await probeAsking({});
    await started.kernel.dispose();
    const path = join(started.dataDir, 'capsules', 'probe', 'install.json');
    const { resolved: _, ...old } = JSON.parse(await readFile(path, 'utf8')) as { resolved: unknown };
    await writeFile(path, JSON.stringify(old));
    const again = await openKernel(started.dataDir);
    onTestFinished(() => again.kernel.dispose());
    await expect(run(probeIn(again.kernel), 'echo works')).resolves.toBe('works\n');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      resolved: [{ kind: 'program', asked: 'sh', real: await realpath('/bin/sh') }],
    });
  });

  it('of the workspace is whatever the workspace holds', async () => {
    const { probe } = await probeAsking({ commands: ['./own'] });
    for (const text of ['one', 'two']) {
      await run(probe, `printf '#!/bin/sh\\necho ${text}\\n' > new && chmod +x new && mv new own`);
      await expect(probe.ok('process.spawn', [{ cmd: './own', args: [], env: [] }])).resolves.toMatchObject({
        stdout: `${text}\n`,
      });
    }
  });
});
