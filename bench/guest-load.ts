import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Kernel } from '../src-main/contract/kernel.ts';
import { createKernel } from '../src-main/kernel/kernel.ts';
import { guestCalls, type GuestCall, type Size } from './guest-calls.ts';
import type { BenchResult } from './ring-compile.ts';

const IDLE_MS = 5_000;
const LOAD_MS = 15_000;
/** The finest that Node's monitor has; a loop that does nothing shows about as much. */
const RESOLUTION_MS = 1;
const CALL_TIMEOUT_MS = 60_000;

/** Four capsules: both versions of the process package, one of them twice, and one that calls every other package too. */
const TWIN = 'probe-twin';
const PROBES = ['probe', TWIN, 'probe-1-1'] as const;
const STUBS = 'stubs';

export interface LoadOptions {
  /** Folder of the built test guests. */
  readonly guests: string;
  /** Folder of the built workers. */
  readonly workerFolder: string;
}

/**
 * Milliseconds between two turns of main's event loop, p99, while four guests call every host function in a loop with
 * hostile sizes, against the same kernel idle. Beside them what four threads do to it that only compute, since guests take
 * the processors from main as well; and the walk without the functions that start programs, since Node's start of a process
 * is one turn.
 */
export async function guestLoad({ guests, workerFolder }: LoadOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'capsule-bench-'));
  const kernel = await createKernel({
    dataDir: join(folder, 'data'),
    version: '0.0.0',
    electronVersion: null,
    workerFolder,
    log: () => undefined,
  });
  try {
    const twin = join(folder, TWIN);
    await copyAs(join(guests, 'probe'), TWIN, twin);
    for (const path of [join(guests, 'probe'), twin, join(guests, 'probe-1-1'), join(guests, STUBS)]) {
      await kernel.install(path, { grants: 'all' });
    }
    // Every instance there, every page of code seen once.
    await new Load(kernel, 'ordinary').round();
    const idle = await delaysWhile(() => pause(IDLE_MS));
    const computing = await delaysWhile(() => computeBeside(LOAD_MS));
    const ordinary = new Load(kernel, 'ordinary');
    const calm = await delaysWhile(() => ordinary.run(LOAD_MS));
    const startless = new Load(kernel, 'hostile', ({ payload }) => !payload.includes('spawn'));
    const smooth = await delaysWhile(() => startless.run(LOAD_MS));
    const hostile = new Load(kernel, 'hostile');
    const rough = await delaysWhile(() => hostile.run(LOAD_MS));
    return {
      name: 'loop delay of main while four guests call every function, hostile sizes, p99',
      unit: 'ms',
      ours: rough.p99,
      reference: idle.p99,
      ratio: rough.p99 / idle.p99,
      aim: '< 20 ms',
      note: [
        'p50, p99, max',
        `idle ${shown(idle)}`,
        `beside four threads that compute ${shown(computing)}`,
        `ordinary sizes ${shown(calm)} (${ordinary.summary()})`,
        `hostile sizes without starts ${shown(smooth)} (${startless.summary()})`,
        `hostile sizes ${shown(rough)} (${hostile.summary()})`,
      ].join('; '),
    };
  } finally {
    await kernel.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Four guests at it, each as fast as it is answered. */
class Load {
  readonly #kernel: Kernel;
  readonly #size: Size;
  readonly #wanted: (call: GuestCall) => boolean;
  #calls = 0;
  #rejected = 0;
  /** What each call of the walk came to the last time; read when nothing is measured any more. */
  readonly #answers = new Map<string, { readonly at: number; readonly data: string }>();

  constructor(kernel: Kernel, size: Size, wanted: (call: GuestCall) => boolean = () => true) {
    this.#kernel = kernel;
    this.#size = size;
    this.#wanted = wanted;
  }

  /** Each guest once through its calls. */
  round(): Promise<unknown> {
    return this.#all(() => false);
  }

  async run(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    await this.#all(() => performance.now() < end);
  }

  summary(): string {
    const ok = [...this.#answers.values()].filter(isOk).length;
    const rejected = this.#rejected === 0 ? '' : `, ${String(this.#rejected)} invocations rejected`;
    return `${String(this.#calls)} calls, ${String(ok)} of ${String(this.#answers.size)} functions ok in the end${rejected}`;
  }

  #all(more: () => boolean): Promise<unknown> {
    return Promise.all([...PROBES.map((guest) => this.#loop(guest, more)), this.#loop(STUBS, more)]);
  }

  async #loop(capsule: string, more: () => boolean): Promise<void> {
    const walk = (await callsOf(capsule, this.#size)).filter(this.#wanted);
    do {
      for (const call of walk) {
        await this.#invoke(capsule, call);
      }
    } while (more());
  }

  async #invoke(capsule: string, { name, action, payload, count, at }: GuestCall): Promise<void> {
    try {
      const { data } = await this.#kernel.invoke({ capsule, action, payload, timeoutMs: CALL_TIMEOUT_MS });
      this.#calls += count;
      this.#answers.set(`${capsule} ${name}`, { at, data: data ?? '' });
    } catch {
      this.#rejected += 1;
    }
  }
}

async function callsOf(capsule: string, size: Size): Promise<readonly GuestCall[]> {
  // It calls each of the fourteen interfaces once, by itself.
  const all: GuestCall = { name: 'all', action: 'call', payload: '', count: 14, at: 0 };
  return capsule === STUBS ? [all] : guestCalls(capsule === 'probe-1-1' ? '1.1.0' : '1.0.0', size);
}

function isOk({ at, data }: { readonly at: number; readonly data: string }): boolean {
  const { ok = [] } = JSON.parse(data) as { readonly ok?: readonly object[] };
  return 'ok' in (ok[at] ?? {});
}

/** As many threads as there are guests, without a word to main. */
async function computeBeside(milliseconds: number): Promise<void> {
  const threads = Array.from({ length: PROBES.length + 1 }, () => new Worker('for (;;);', { eval: true }));
  await pause(milliseconds);
  await Promise.all(threads.map((thread) => thread.terminate()));
}

interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

async function delaysWhile(work: () => Promise<unknown>): Promise<Delays> {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  await work();
  monitor.disable();
  const ms = (nanoseconds: number): number => nanoseconds / 1e6;
  return { p50: ms(monitor.percentile(50)), p99: ms(monitor.percentile(99)), max: ms(monitor.max) };
}

function shown({ p50, p99, max }: Delays): string {
  return [p50, p99, max].map((ms) => ms.toFixed(1)).join(', ');
}

/** A built guest as another capsule. */
async function copyAs(from: string, name: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  const manifest = join(to, 'Capsule.toml');
  const text = await readFile(manifest, 'utf8');
  await writeFile(manifest, text.replace('name = "probe"', `name = "${name}"`));
}
