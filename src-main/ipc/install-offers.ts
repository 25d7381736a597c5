import type { Failure } from '../contract/requests.ts';
import type { InstallPlan } from '../contract/views.ts';
import { MAX_OPEN_OFFERS, MAX_WAITING_OFFERS } from './constants.ts';
import { envelope, type HostLog } from './envelope.ts';
import type { WindowPort } from './window-port.ts';

type Inspect = (path: string) => Promise<InstallPlan>;

interface Refusal {
  readonly source: string;
  readonly failure: Failure;
}

/**
 * Capsules that were handed to the application: each is looked at and its plan sent to the window, a few at
 * a time; installing is the person's decision. What comes before the window listens waits for it. A plan
 * stays on offer until it is decided, so that a page that was reloaded gets it again.
 */
export class InstallOffers {
  readonly #log: HostLog;
  readonly #paths: string[] = [];
  readonly #refusals: Refusal[] = [];
  readonly #open = new Map<string, InstallPlan>();
  #window: WindowPort | undefined;
  #inspect: Inspect = () => Promise.reject(new Error('no window asked yet'));
  #looking = false;

  constructor(log: HostLog) {
    this.#log = log;
  }

  /** Hands over the absolute path of a file or folder. One that waits already is not looked at twice. */
  offer(path: string): void {
    if (this.#paths.includes(path)) {
      return;
    }
    if (this.#paths.length >= MAX_WAITING_OFFERS) {
      this.refuse(path, {
        code: 'open-too-many',
        message: `${MAX_WAITING_OFFERS} capsules are already waiting for review.`,
        hint: 'Review those first, then open it again.',
      });
      return;
    }
    this.#paths.push(path);
    void this.#look();
  }

  /** Tells the person that what was handed over cannot be opened. */
  refuse(source: string, failure: Failure): void {
    if (this.#window !== undefined) {
      this.#window.send('install.refused', { source, failure });
    } else if (this.#refusals.length < MAX_WAITING_OFFERS) {
      this.#refusals.push({ source, failure });
    } else {
      this.#log(`could not open a capsule, and no window to show it: ${failure.code}`);
    }
  }

  /** From now on this window shows what comes; its page listens already. A page that asks twice is told once. */
  show(window: WindowPort, inspect: Inspect): void {
    this.#inspect = inspect;
    if (this.#window?.id === window.id) {
      return;
    }
    this.#listen(window);
    for (const plan of this.#open.values()) {
      window.send('install.requested', plan);
    }
    for (const refusal of this.#refusals.splice(0)) {
      window.send('install.refused', refusal);
    }
    void this.#look();
  }

  /** The plan with this token was installed or put away: there is room for the next. */
  decided(token: string): void {
    this.#open.delete(token);
    void this.#look();
  }

  /** To this page only: the one after it, in the same window or another, asks for itself. */
  #listen(window: WindowPort): void {
    this.#window = window;
    const over = (): void => {
      subscriptions.forEach((unsubscribe) => unsubscribe());
      if (this.#window === window) {
        this.#window = undefined;
      }
    };
    const subscriptions = [window.onGone(over), window.onReplaced(over)];
  }

  /** Looks at what waits, one after the other, while the window has room for more. Never rejects. */
  async #look(): Promise<void> {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    while (this.#window !== undefined && this.#open.size < MAX_OPEN_OFFERS) {
      const path = this.#paths.shift();
      if (path === undefined) {
        break;
      }
      const inspected = await envelope('install.requested', this.#log, () => this.#inspect(path));
      if (inspected.ok) {
        this.#open.set(inspected.value.token, inspected.value);
        // A window that went away meanwhile gets it when it is back.
        this.#window?.send('install.requested', inspected.value);
      } else {
        this.refuse(path, inspected.error);
      }
    }
    this.#looking = false;
  }
}
