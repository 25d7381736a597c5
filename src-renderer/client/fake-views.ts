import type {
  AboutView,
  CapsuleView,
  InstallPlan,
  ProcessView,
  StreamView,
} from '../../src-main/contract/views.ts';

/** Views for tests: whole and plain, every field can be replaced. */

export function fakeStream(change: Partial<StreamView> = {}): StreamView {
  return { produced: 0, dropped: 0, retained: 0, capacity: 1024 * 1024, ended: false, ...change };
}

export function fakeProcess(key: string, change: Partial<ProcessView> = {}): ProcessView {
  return {
    key,
    capsule: 'supervisor',
    principal: 'default',
    tier: 'persistent',
    label: key,
    command: ['/usr/bin/sleep', '60'],
    commandCut: false,
    phase: 'running',
    frozen: false,
    osPid: 4_242,
    startedAt: 1_000,
    exitedAt: null,
    exit: null,
    stop: null,
    stdinOpen: false,
    stdout: fakeStream(),
    stderr: fakeStream(),
    blockedOnOutput: false,
    limits: { memoryBytes: 8 * 1024 ** 3, cpuMs: null, tasks: 512 },
    usage: null,
    sandbox: { kind: 'bubblewrap', network: false, workspace: '/workspace' },
    ...change,
  };
}

export function fakeCapsule(id: string, change: Partial<CapsuleView> = {}): CapsuleView {
  return {
    id,
    version: '0.1.0',
    description: '',
    hash: 'ab'.repeat(32),
    size: 1_000_000,
    enabled: true,
    disabledAfterUnexpectedEnd: false,
    state: 'ready',
    stateReason: '',
    restarts: 0,
    imports: ['astrid:sys@1.0.0', 'astrid:process@1.0.0'],
    exports: ['astrid-hook-trigger'],
    actions: ['start', 'status'],
    capabilities: [],
    warnings: [],
    instances: [],
    lastCall: null,
    installedAt: 1_000,
    ...change,
  };
}

export function fakePlan(token: string, change: Partial<InstallPlan> = {}): InstallPlan {
  return {
    token,
    source: '/home/person/supervisor.capsule',
    kind: 'archive',
    id: 'supervisor',
    version: '0.2.0',
    description: 'Keeps commands running',
    hash: 'cd'.repeat(32),
    size: 1_200_000,
    imports: ['astrid:process@1.0.0'],
    exports: ['astrid-hook-trigger'],
    capabilities: [],
    overlaps: [],
    warnings: [],
    replaces: null,
    ...change,
  };
}

export const fakeAbout: AboutView = {
  version: '0.1.0',
  build: null,
  electron: '45.4.1',
  node: '24.1.0',
  dataDir: '/home/person/.local/share/capsule-desktop',
  safeMode: null,
  sandbox: { ok: true, detail: 'bubblewrap 0.8.0 with user namespaces', fix: '' },
};
