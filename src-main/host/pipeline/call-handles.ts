import type { Charge, Ledger, Payer, Refused, Taken } from '../../policy/charges.ts';
import type { Handle } from '../generated/handle.ts';
import type { HandleOptions, HandleTable } from './handle-table.ts';
import type { Resource } from './resource.ts';
import { GuestTrap } from './wit-error.ts';

/**
 * The instance's handles as one call may use them. What the call was charged of a stock passes to the first handle that it
 * inserts and is given back with it; a call that inserts none gives it back when it ends.
 */
export class CallHandles {
  readonly #table: HandleTable;
  readonly #ledger: Ledger;
  readonly #payer: Payer;
  #stock: (() => void) | null = null;
  #over = false;

  constructor(table: HandleTable, ledger: Ledger, capsule: string) {
    this.#table = table;
    this.#ledger = ledger;
    this.#payer = { capsule, instance: table };
  }

  /** For the pipeline: takes all that the call uses up, or nothing. */
  charge(charges: readonly Charge[]): Taken | Refused {
    const taken = this.#ledger.take(this.#payer, charges);
    this.#stock = taken.ok ? taken.giveBack : null;
    return taken;
  }

  /** For the pipeline: the guest has its answer. What comes later would be a handle that nobody knows of. */
  end(): void {
    this.#over = true;
    this.#stock?.();
  }

  /** @throws GuestTrap when there are too many, or the call is over; `dispose` has then run already */
  insert<Name extends string, T>(
    resource: Resource<Name, T>,
    value: T,
    options: HandleOptions = {},
  ): Handle<Name> {
    return this.#table.insert(resource, value, this.#admitted(options));
  }

  /** As `insert`, for what lives on another resource and ends with it. */
  insertChild<Name extends string, T>(
    parent: number,
    resource: Resource<Name, T>,
    value: T,
    options: HandleOptions = {},
  ): Handle<Name> {
    return this.#table.insertChild(parent, resource, value, this.#admitted(options));
  }

  /** @throws GuestTrap for a number that is no live handle of this resource */
  get<Name extends string, T>(resource: Resource<Name, T>, handle: Handle<Name>): T {
    return this.#table.get(resource, handle);
  }

  #admitted(options: HandleOptions): HandleOptions {
    const room = this.#over ? null : this.#ledger.take(this.#payer, [{ stock: 'handles', amount: 1 }]);
    if (room === null || !room.ok) {
      options.dispose?.();
      throw new GuestTrap(
        room === null
          ? 'The call is over.'
          : 'The instance or its capsule has reached its limit of handles. Drop some first.',
      );
    }
    const stock = this.#stock;
    this.#stock = null;
    return {
      ...options,
      // Not at the dispose: the entry of a handle whose parent went is still there until the guest drops it.
      removed: () => {
        room.giveBack();
        stock?.();
      },
    };
  }
}
