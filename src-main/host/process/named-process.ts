import type { ManagedProcess } from '../../processes/process/managed-process.ts';
import type { ProcessRegistry } from '../../processes/registry/registry.ts';
import type { Call } from '../pipeline/host-function.ts';

/** A process that a guest names by its id, whether there is one or not: what an id-keyed call acts on. */
export class NamedProcess {
  /** Its name in records; there is one as well for an id that names nothing. */
  readonly key: string;
  readonly #find: () => ManagedProcess | undefined;
  readonly #require: () => ManagedProcess;
  #note = '';

  constructor(registry: ProcessRegistry, call: Call, id: string) {
    this.key = registry.keyOf(id);
    this.#find = () => registry.find(id, call);
    this.#require = () => registry.byId(id, call);
  }

  /** Undefined for an unknown id, somebody else's and a released one alike. */
  find(): ManagedProcess | undefined {
    return this.#find();
  }

  /** As `find`; throws `ProcessError` `no-such-process`. */
  get(): ManagedProcess {
    return this.#require();
  }

  /** For the record of an act that found its process ended already. */
  hadEnded(): void {
    this.#note = ', already exited';
  }

  /** As a record names it. */
  get target(): string {
    return this.key + this.#note;
  }
}
