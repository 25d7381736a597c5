import type { Grants, Kernel } from '../contract/kernel.ts';
import type { KernelOptions } from '../kernel/kernel.ts';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { startKernel, startSharedKernel, type KernelUnderTest } from '../testing/kernel.ts';

/** What the probe guest answers for one call of a host function; see its README. */
export interface ProbeAnswer {
  readonly ok?: unknown;
  readonly err?: { readonly tag: string; readonly val?: unknown };
  readonly threw?: string;
}

export interface ProbeOptions {
  readonly principal?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface Probe {
  /** Calls one host function; arguments and answer are the probe's JSON form of values. */
  readonly ask: (fn: string, args?: readonly unknown[], options?: ProbeOptions) => Promise<ProbeAnswer>;
  /** The ok value; fails the test on anything else. */
  readonly ok: <T = unknown>(fn: string, args?: readonly unknown[], options?: ProbeOptions) => Promise<T>;
  /** The error's tag; fails the test when there was none. */
  readonly errOf: (fn: string, args?: readonly unknown[], options?: ProbeOptions) => Promise<string>;
}

export interface ProbeUnderTest {
  readonly probe: Probe;
  readonly started: KernelUnderTest;
  readonly dataDir: string;
}

/** One kernel with a probe guest for all tests of a file; `probe-1-1` has `process@1.1.0`. Everything ends with the file's last test. */
export async function startProbe(
  guest: 'probe' | 'probe-1-1' = 'probe',
  guests?: KernelOptions['guests'],
): Promise<ProbeUnderTest> {
  const started = await startSharedKernel(guests);
  await started.kernel.install(guestFolder(guest), { grants: 'all' });
  return { probe: probeIn(started.kernel, guest), started, dataDir: started.dataDir };
}

/** Calls host functions from inside an installed guest. */
export function probeIn(kernel: Kernel, capsule = 'probe'): Probe {
  const ask: Probe['ask'] = async (fn, args = [], options = {}) => {
    const result = await kernel.invoke({
      capsule,
      action: fn,
      payload: JSON.stringify({ args }),
      ...options,
    });
    return JSON.parse(result.data ?? 'null') as ProbeAnswer;
  };
  return {
    ask,
    async ok<T>(fn: string, args?: readonly unknown[], options?: ProbeOptions) {
      const answer = await ask(fn, args, options);
      if (!('ok' in answer)) {
        throw new Error(`${fn} did not succeed: ${JSON.stringify(answer)}`);
      }
      return answer.ok as T;
    },
    async errOf(fn, args, options) {
      const answer = await ask(fn, args, options);
      if (answer.err === undefined) {
        throw new Error(`${fn} did not fail: ${JSON.stringify(answer)}`);
      }
      return answer.err.tag;
    },
  };
}

/** A request to run a shell script. */
export function shell(text: string, more: object = {}): object {
  return { cmd: 'sh', args: ['-c', text], env: [], ...more };
}

/** The bytes of the probe's `{ $bytes }`. */
export function bytesOf(value: unknown): Buffer {
  return Buffer.from((value as { readonly $bytes: string }).$bytes, 'base64');
}

/** Entries of a manifest; what is not named is not asked for. */
export interface Asked {
  readonly fsRead?: readonly string[];
  readonly fsWrite?: readonly string[];
  readonly commands?: readonly string[];
}

/** A kernel with a probe whose manifest asks for `asked`; what is not named is not asked for. */
export async function probeAsking(
  asked: Asked,
  grants: Grants = 'all',
): Promise<KernelUnderTest & { readonly probe: Probe }> {
  const started = await startKernel();
  await started.kernel.install(await manifestAsking(asked), { grants });
  return { ...started, probe: probeIn(started.kernel) };
}

/** A copy of the probe's folder whose manifest asks for `asked` too. */
export function manifestAsking({ fsRead = [], fsWrite = [], commands = [] }: Asked): Promise<string> {
  return guestCopy('probe', {
    'allow_persistent = true': [
      'allow_persistent = true',
      `fs_read = ${JSON.stringify(fsRead)}`,
      `fs_write = ${JSON.stringify(fsWrite)}`,
    ].join('\n'),
    'host_process = [': `host_process = [${commands.map((command) => `${JSON.stringify(command)}, `).join('')}`,
  });
}

/** Both outputs of a shell script that the probe runs. */
export async function run(probe: Probe, text: string, more: object = {}): Promise<string> {
  const { stdout, stderr } = await probe.ok<{ stdout: string; stderr: string }>('process.spawn', [
    shell(text, more),
  ]);
  return stdout + stderr;
}
