import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { vi } from 'vitest';
import type { Kernel } from '../../contract/kernel.ts';
import { guestFolder } from '../../testing/guests.ts';
import { WORKER_FOLDER, type KernelUnderTest } from '../../testing/kernel.ts';
import type { AstridProcessHost1_0_0, ErrorCode } from '../generated/astrid-process-1-0-0.ts';
import { probeIn, shell, type Probe, type ProbeAnswer, type ProbeOptions } from '../testing.ts';

/** The probe of each version of the package. */
export const GUESTS = { '1.0.0': 'probe', '1.1.0': 'probe-1-1' } as const;

export type Version = keyof typeof GUESTS;
export type FunctionName = keyof AstridProcessHost1_0_0;
export type ErrorCase = ErrorCode['tag'];

/** Calls the function of the row from inside the guest. */
export type Ask = (...args: readonly unknown[]) => Promise<ProbeAnswer>;

/** Brings about what the row is about, with `ask` as the last call of the guest, and hands on its answer. */
export type Run = (ask: Ask, bench: Bench) => Promise<ProbeAnswer>;

/** What one function does: the answer when it succeeds, and every error case of its own. `cancelled` is tested for all alike. */
export interface Row {
  readonly run: Run;
  /** A matcher of the ok value. */
  readonly answers: unknown;
  readonly errors: Readonly<Partial<Record<Exclude<ErrorCase, 'cancelled'>, Run>>>;
}

export type Rows<Name extends FunctionName> = Readonly<Record<Name, Row>>;

export interface Handle {
  readonly $handle: number;
}

interface GuestCall {
  readonly fn: string;
  readonly args: readonly unknown[];
}

/** The longest that the contract lets a guest sleep: nobody waits for it. */
const ASLEEP_NS = 60_000_000_000;
const ABOUT_TO_WAIT = 'about to wait';

/** What rows need of the guest of one version. */
export class Bench {
  readonly version: Version;
  readonly probe: Probe;
  readonly #started: KernelUnderTest;

  constructor(version: Version, started: KernelUnderTest) {
    this.version = version;
    this.#started = started;
    this.probe = probeIn(started.kernel, GUESTS[version]);
  }

  /** A request of this version to run a shell script. */
  script(text: string, more: object = {}): object {
    return shell(text, { ...(this.version === '1.1.0' ? { fileInjections: [] } : {}), ...more });
  }

  background(text: string, more: object = {}): Promise<Handle> {
    return this.probe.ok<Handle>('process.spawnBackground', [this.script(text, more)]);
  }

  persistent(text: string, more: object = {}): Promise<string> {
    return this.probe.ok<string>('process.spawnPersistent', [this.script(text, more)]);
  }

  /** A persistent process that has ended. */
  async ended(text: string): Promise<string> {
    const id = await this.persistent(text);
    await this.probe.ok('process.wait', [id, 10_000]);
    return id;
  }

  async attached(text: string, more: object = {}): Promise<Handle> {
    return this.probe.ok<Handle>('process.attach', [await this.persistent(text, more)]);
  }

  /** The same call many times over in one invocation. */
  often(fn: string, args: readonly unknown[], times: number): Promise<readonly ProbeAnswer[]> {
    return this.#batch(
      Array.from({ length: times }, () => ({ fn, args })),
      {},
    );
  }

  /** Calls `fn` in an invocation that was cancelled shortly before, and answers what the guest got. */
  askCancelled(fn: string, args: readonly unknown[]): Promise<ProbeAnswer> {
    return this.#cancelAfter([{ fn: 'sys.sleepNs', args: [ASLEEP_NS] }], { fn, args });
  }

  /** Calls `fn`, which waits, cancels the invocation while it does, and answers what the guest got. */
  cancelWithin(fn: string, args: readonly unknown[]): Promise<ProbeAnswer> {
    return this.#cancelAfter([], { fn, args });
  }

  /** One call in a kernel on a machine without bubblewrap: this one, with nothing executable at its place. */
  async askWithoutSandbox(fn: string, args: readonly unknown[]): Promise<ProbeAnswer> {
    const { stdout: bubblewrap } = await execa('sh', ['-c', 'command -v bwrap']);
    const hidden = ['--dev-bind', '/', '/', '--ro-bind', '/dev/null', bubblewrap, '--'];
    const kernel = [process.execPath, join(WORKER_FOLDER, 'cli.js')];
    const guest = ['run', guestFolder(GUESTS[this.version]), '--invoke', fn, '--grant', 'all'];
    const payload = ['--payload', JSON.stringify({ args })];
    const { stdout } = await execa(bubblewrap, [...hidden, ...kernel, ...guest, ...payload], { cwd: ROOT });
    // The command line shows what the guest answers as the JSON that it is.
    return (JSON.parse(stdout) as { readonly data: ProbeAnswer }).data;
  }

  /** Ends and forgets whatever the row left. */
  async tidy(): Promise<void> {
    const mine = (): ReturnType<Kernel['processes']> =>
      this.#kernel.processes().filter(({ capsule }) => capsule === GUESTS[this.version]);
    for (const { key } of mine().filter(({ exit }) => exit === null)) {
      this.#kernel.kill(key);
    }
    await vi.waitUntil(() => mine().every(({ exit }) => exit !== null), { timeout: 10_000 });
    for (const { key } of mine()) {
      this.#kernel.release(key);
    }
  }

  get #kernel(): Kernel {
    return this.#started.kernel;
  }

  /** Who calls a cancelled invocation hears nothing of the guest; it is asked afterwards what it was answered. */
  async #cancelAfter(before: readonly GuestCall[], last: GuestCall): Promise<ProbeAnswer> {
    const cancel = new AbortController();
    const unsubscribe = this.#kernel.subscribe((event) => {
      if (event.kind === 'guest-log' && event.message === ABOUT_TO_WAIT) {
        // So that the next call has arrived; if it has not, the guest gets the same answer.
        setTimeout(() => cancel.abort(), 50);
      }
    });
    const log = { fn: 'sys.log', args: ['info', ABOUT_TO_WAIT] };
    const call = this.#batch([log, ...before, last], { signal: cancel.signal });
    // Rejects; if it does not, what the guest got says so.
    await call.then(unsubscribe, unsubscribe);
    const { ok } = (await this.probe.ask('latest')) as { readonly ok?: readonly ProbeAnswer[] };
    return ok?.at(-1) ?? { threw: 'The guest had no answer.' };
  }

  async #batch(calls: readonly GuestCall[], options: ProbeOptions): Promise<readonly ProbeAnswer[]> {
    const { data } = await this.#kernel.invoke({
      capsule: GUESTS[this.version],
      action: 'batch',
      payload: JSON.stringify({ calls }),
      ...options,
    });
    return (JSON.parse(data ?? 'null') as { readonly ok: readonly ProbeAnswer[] }).ok;
  }
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
