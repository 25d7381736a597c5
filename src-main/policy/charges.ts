import type { Clock } from '../base/clock.ts';

/** What a capsule may use so much of in one second, all its instances and principals together. */
export type RateName = 'log-lines' | 'log-bytes' | 'spawns';

/** What a capsule may hold so much of at a time. */
export type StockName = 'handles' | 'subscriptions';

/** Calls or bytes in one second. */
export const RATES: Readonly<Record<RateName, number>> = {
  // A person cannot read more, and a guest that logs in a loop must not fill the disk.
  'log-lines': 500,
  // The lines above at an ordinary length; the longest line is 16 KiB.
  'log-bytes': 1024 * 1024,
  // A spawn costs about 5 ms in the sandbox: more than this is a loop gone wrong.
  spawns: 50,
};

/** Things, in one instance and in all of a capsule's together. */
export const STOCKS: Readonly<
  Record<StockName, { readonly perInstance: number; readonly perCapsule: number }>
> = {
  // A guest that leaks handles ends at this number instead of filling the host's memory; the contract allows 128
  // subscriptions and 256 pollables a poll.
  handles: { perInstance: 4_096, perCapsule: 16_384 },
  // The contract's number for an instance; eight instances of a pool may use theirs up.
  subscriptions: { perInstance: 128, perCapsule: 1_024 },
};

/** What one call uses up: of a second, or of what may be held at a time. */
export type Charge =
  | { readonly rate: RateName; readonly amount: number }
  | { readonly stock: StockName; readonly amount: number };

/** Stock that was taken. Rates cannot be given back. */
export interface Taken {
  readonly ok: true;
  /** Twice is once. */
  readonly giveBack: () => void;
}

export interface Refused {
  readonly ok: false;
  readonly reason: string;
  /** Not the first refusal of this second, so that a loop gone wrong is recorded once and not for ever. */
  readonly again: boolean;
}

/** Whom a call is charged to. */
export interface Payer {
  readonly capsule: string;
  /** The same object for all calls of one instance; what it holds is forgotten with it. */
  readonly instance: object;
}

export interface Ledger {
  /** Takes all charges of one call or none. */
  readonly take: (payer: Payer, charges: readonly Charge[]) => Taken | Refused;
}

const WINDOW_MS = 1_000;

interface Window {
  /** By the monotonic clock. */
  readonly since: number;
  used: number;
  refused: boolean;
}

/** Counts what is used in windows of one second, which start at the first use, and what is held. */
export function createLedger(clock: Pick<Clock, 'monotonic'>): Ledger {
  // One for each rate of each capsule that used any: few, as a person installs them.
  const windows = new Map<string, Window>();
  const held = new Holdings();

  const windowOf = (key: string): Window => {
    const now = clock.monotonic();
    const found = windows.get(key);
    if (found !== undefined && now - found.since < WINDOW_MS) {
      return found;
    }
    const window = { since: now, used: 0, refused: false };
    windows.set(key, window);
    return window;
  };

  return {
    take(payer, asked) {
      const charges = summed(asked);
      const rates: { readonly window: Window; readonly amount: number }[] = [];
      for (const charge of charges) {
        if ('rate' in charge) {
          const window = windowOf(`${charge.rate} ${payer.capsule}`);
          if (window.used + charge.amount > RATES[charge.rate]) {
            const again = window.refused;
            window.refused = true;
            return { ok: false, reason: `rate limit of ${charge.rate} exceeded`, again };
          }
          rates.push({ window, amount: charge.amount });
        }
      }
      const stocks = charges.flatMap((charge) => ('stock' in charge ? [charge] : []));
      const full = stocks.find(({ stock, amount }) => !held.hasRoom(payer, stock, amount));
      if (full !== undefined) {
        return { ok: false, reason: `limit of ${full.stock} at a time reached`, again: false };
      }
      rates.forEach(({ window, amount }) => (window.used += amount));
      stocks.forEach(({ stock, amount }) => held.add(payer, stock, amount));
      let given = false;
      return {
        ok: true,
        giveBack() {
          if (!given) {
            given = true;
            stocks.forEach(({ stock, amount }) => held.add(payer, stock, -amount));
          }
        },
      };
    },
  };
}

/** One charge for each rate and stock: what one call uses in two ways is used together. */
function summed(charges: readonly Charge[]): readonly Charge[] {
  const sums = new Map<string, Charge>();
  for (const charge of charges) {
    const name = 'rate' in charge ? `rate ${charge.rate}` : `stock ${charge.stock}`;
    sums.set(name, { ...charge, amount: charge.amount + (sums.get(name)?.amount ?? 0) });
  }
  return [...sums.values()];
}

/** How much of each stock every instance and every capsule holds. */
class Holdings {
  readonly #ofInstance = new WeakMap<object, Map<StockName, number>>();
  readonly #ofCapsule = new Map<string, number>();

  hasRoom({ capsule, instance }: Payer, stock: StockName, amount: number): boolean {
    const { perInstance, perCapsule } = STOCKS[stock];
    const own = this.#ofInstance.get(instance)?.get(stock) ?? 0;
    const all = this.#ofCapsule.get(`${stock} ${capsule}`) ?? 0;
    return own + amount <= perInstance && all + amount <= perCapsule;
  }

  add({ capsule, instance }: Payer, stock: StockName, amount: number): void {
    const own = this.#ofInstance.get(instance) ?? new Map<StockName, number>();
    this.#ofInstance.set(instance, own.set(stock, (own.get(stock) ?? 0) + amount));
    const key = `${stock} ${capsule}`;
    this.#ofCapsule.set(key, (this.#ofCapsule.get(key) ?? 0) + amount);
  }
}
