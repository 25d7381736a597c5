import { decide, type Pin } from './decide.ts';
import type { Folder, FolderNeed, HeldOpen, Need, Program, ProgramNeed } from './need.ts';
import type { ResolvedEntries } from './resolved-entry.ts';
import type { Rights } from './rights.ts';

let mint: <T>(value: T) => Allowed<T>;

/**
 * What the gate has allowed. Only this file makes one, so who is handed one knows that the gate was asked: `os/` starts
 * and mounts nothing else, but for what the host made itself.
 */
export class Allowed<T> {
  readonly #value: T;

  private constructor(value: T) {
    this.#value = value;
  }

  static {
    mint = (value) => new Allowed(value);
  }

  get value(): T {
    return this.#value;
  }
}

/** The caller may not. The pipeline answers it as the interface's own denial and records the reason. */
export class Denied extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`Denied: ${reason}.`);
    this.name = 'Denied';
    this.reason = reason;
  }
}

export interface GateServices {
  readonly resolved: ResolvedEntries;
  /** Asks a person; resolves with the answer, rejects when `signal` aborts. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<boolean>;
}

/** For whom a gate decides. */
export interface GateSubject {
  readonly capsule: string;
  readonly principal: string;
  readonly rights: Rights;
  readonly signal: AbortSignal;
}

/** The capability gate of one call. */
export class Gate {
  readonly #services: GateServices;
  readonly #who: GateSubject;

  constructor(services: GateServices, who: GateSubject) {
    this.#services = services;
    this.#who = who;
  }

  /**
   * Whether all of `needs` are covered; the first that is not decides.
   *
   * @returns undefined when that is known at once, which it mostly is
   * @throws Denied
   */
  check(needs: readonly Need[]): Promise<void> | undefined {
    for (const [at, need] of needs.entries()) {
      const waiting = this.#pass(need);
      if (waiting !== undefined) {
        return waiting.then(() => this.check(needs.slice(at + 1)));
      }
    }
    return undefined;
  }

  /**
   * Asks again while a function runs, for what is known only then: where a name led, the next hop of a redirect. Mints
   * exactly what was decided on. A need that opens nothing of the machine mints nothing: an object minted as it was handed
   * in would pass for a program or a folder as soon as it had their properties.
   *
   * @throws Denied
   */
  require(need: ProgramNeed): Promise<Allowed<Program>>;
  require<Held extends HeldOpen>(need: FolderNeed<Held>): Promise<Allowed<Folder<Held>>>;
  require(need: Exclude<Need, ProgramNeed | FolderNeed>): Promise<void>;
  async require(need: Need): Promise<Allowed<Program> | Allowed<Folder> | void> {
    await this.#pass(need);
    if (need.kind === 'program') {
      return mint<Program>({ path: need.path, real: need.real });
    }
    return need.kind === 'folder'
      ? mint<Folder>({ path: need.path, access: need.access, held: need.held })
      : undefined;
  }

  #pass(need: Need): Promise<void> | undefined {
    const { capsule, rights, signal } = this.#who;
    const decision = decide(rights, this.#services.resolved.of(capsule), need);
    switch (decision.kind) {
      case 'allowed':
        return decision.pin === null ? undefined : this.#pin(need, decision.pin);
      case 'denied':
        throw new Denied(decision.reason);
      case 'ask':
        return this.#services.ask(decision.question, signal).then((allowed) => {
          if (!allowed) {
            throw new Denied('the operator refused');
          }
        });
    }
  }

  /** Two may fix one entry at the same moment: whoever comes second is held to what the first has found. */
  async #pin(need: Need, pin: Pin): Promise<void> {
    const { capsule, principal, rights } = this.#who;
    await this.#services.resolved.pin(capsule, principal, pin);
    const decision = decide(rights, this.#services.resolved.of(capsule), need);
    if (decision.kind !== 'allowed' || decision.pin !== null) {
      throw new Denied(decision.kind === 'denied' ? decision.reason : `${pin.asked} could not be pinned`);
    }
  }
}
