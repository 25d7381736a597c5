import { Emitter } from '../../base/emitter.ts';
import { createMutex } from '../../base/mutex.ts';
import { isTypedError, TypedError } from '../../base/typed-error.ts';
import type { UpdateStep, UpdateView, UpdateAction } from '../../contract/updates.ts';
import { feedConfirmation, installConfirmation } from './confirmation-text.ts';
import type { Confirmations } from './confirmations.ts';
import { parseFeed } from './feed.ts';
import { readFeed, writeFeed } from './feed-file.ts';
import type { InstallKind } from './install-kind.ts';
import { became, mayChangeFeed, stepAfter, type UpdateOutcome } from './steps.ts';

/** One feed's updater, good for one check and what follows it. Failures are typed errors. */
export interface Updater {
  /** The newer version that the feed offers, or null. */
  readonly check: () => Promise<string | null>;
  /**
   * Downloads and verifies what `check` found; rejects when `signal` fires, after everything has ended.
   * Gives the file's SHA-512 in base64, or null when the feed does not say which of its files it is.
   */
  readonly download: (progress: (percent: number) => void, signal: AbortSignal) => Promise<string | null>;
  /** Installs the new version, quits in order and starts it. Rejects when nothing was changed. */
  readonly install: () => Promise<void>;
}

export interface UpdatesOptions {
  readonly dataDir: string;
  readonly install: InstallKind;
  /** Loads the library; called only when somebody clicks Check. */
  readonly open: (feed: string) => Promise<Updater>;
  /** The page may be taken over: what only the operator may decide is asked outside it. */
  readonly confirmations: Pick<Confirmations, 'require'>;
  readonly log: (line: string) => void;
}

/** Current update state; performs one action at a time. */
export class Updates {
  readonly #options: UpdatesOptions;
  readonly #changes = new Emitter<UpdateView>();
  readonly #mutex = createMutex();
  #view: UpdateView | undefined;
  #updater: Updater | undefined;
  #download: AbortController | undefined;
  /** Of the file that is ready to install. */
  #sha512: string | null = null;

  /** Subscribes to changes of the view; returns the unsubscribe function. */
  readonly changed = this.#changes.event;

  constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  /** Reads the configured feed on first use; does not use the network. */
  view(): Promise<UpdateView> {
    return this.#mutex(async () => {
      this.#view ??= await firstView(this.#options);
      return this.#view;
    });
  }

  /**
   * Configures the feed, or with null turns updates off. Another address than the current one takes effect when the
   * operator has confirmed it. Throws `feed-invalid`, `update-not-now` or what `Confirmations` throws.
   */
  async setFeed(text: string | null): Promise<UpdateView> {
    const current = (await this.view()).feed;
    const feed = text === null ? null : parseFeed(text);
    this.#refuseChangeNow();
    if (feed !== null && feed !== current) {
      await this.#options.confirmations.require(feedConfirmation(feed, current));
    }
    return this.#mutex(async () => {
      this.#refuseChangeNow();
      await writeFeed(this.#options.dataDir, feed);
      this.#refuseChangeNow();
      this.#updater = undefined;
      return this.#show({ feed, step: feed === null ? { state: 'off', reason: '' } : { state: 'idle' } });
    });
  }

  /**
   * Starts an action and returns the step it leads to; further steps arrive as changes. Installing begins when the
   * operator has confirmed it. Throws `update-not-now` or what `Confirmations` throws.
   */
  async act(action: UpdateAction): Promise<UpdateView> {
    if (action === 'install') {
      await this.#confirmInstall();
    }
    const { feed, step } = await this.view();
    const current = this.#view?.step ?? step;
    const next = stepAfter(current, action);
    if (action === 'cancel') {
      this.#download?.abort();
      return this.view();
    }
    if (feed === null) {
      throw notNow('Updates are off.');
    }
    const view = this.#show({ feed, step: next });
    void this.#work(action, feed, current.state === 'failed').catch((error: unknown) => this.#fail(error));
    return view;
  }

  async #confirmInstall(): Promise<void> {
    const { feed, step } = await this.view();
    const { state, ...asked } = stepAfter(this.#view?.step ?? step, 'install');
    const updater = this.#updater;
    if (feed === null || !('version' in asked)) {
      throw notNow(`Not possible now: ${state}.`);
    }
    const { version } = asked;
    await this.#options.confirmations.require(installConfirmation({ version, feed, sha512: this.#sha512 }));
    if (this.#updater !== updater) {
      throw notNow('The update changed while it was being confirmed.');
    }
  }

  async #work(action: UpdateAction, feed: string, again: boolean): Promise<void> {
    if (action === 'check') {
      await this.#check(feed);
    } else if (action === 'download') {
      await this.#fetch(feed, again);
    } else if (this.#updater !== undefined) {
      await this.#updater.install();
    }
  }

  /** A new updater each time: whatever the last one was left with is gone. */
  async #check(feed: string): Promise<void> {
    this.#updater = undefined;
    const updater = await this.#options.open(feed);
    const version = await updater.check();
    this.#updater = updater;
    this.#become(version === null ? { kind: 'none' } : { kind: 'found', version });
  }

  async #fetch(feed: string, again: boolean): Promise<void> {
    const controller = new AbortController();
    this.#download = controller;
    try {
      if (again) {
        // What was downloaded and refused may have been corrected since.
        await this.#check(feed);
      }
      if (this.#view?.step.state !== 'downloading' || this.#updater === undefined) {
        return;
      }
      controller.signal.throwIfAborted();
      this.#sha512 = await this.#updater.download(
        (percent) => this.#become({ kind: 'progress', percent }),
        controller.signal,
      );
      this.#become({ kind: 'downloaded' });
    } catch (error) {
      if (!controller.signal.aborted) {
        throw error;
      }
      this.#become({ kind: 'cancelled' });
    } finally {
      this.#download = undefined;
    }
  }

  #fail(error: unknown): void {
    if (!isTypedError(error)) {
      this.#options.log(
        `updates: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    const [message, hint] = isTypedError(error)
      ? [error.message, error.hint]
      : ['The update failed unexpectedly.', 'Nothing was changed. Try again. See the log for details.'];
    this.#become({ kind: 'failed', message, hint });
  }

  #become(outcome: UpdateOutcome): void {
    if (this.#view === undefined) {
      return;
    }
    const step = became(this.#view.step, outcome);
    if (!sameStep(step, this.#view.step)) {
      this.#show({ ...this.#view, step });
    }
  }

  #show(view: UpdateView): UpdateView {
    this.#view = view;
    this.#changes.fire(view);
    return view;
  }

  #refuseChangeNow(): void {
    if (this.#view === undefined || !mayChangeFeed(this.#view.step)) {
      throw notNow('The update feed cannot be changed now.');
    }
  }
}

async function firstView({ dataDir, install }: UpdatesOptions): Promise<UpdateView> {
  if (install.kind === 'none') {
    return { feed: null, step: { state: 'unsupported', reason: install.reason } };
  }
  const { feed, reason } = await readFeed(dataDir);
  return { feed, step: feed === null ? { state: 'off', reason } : { state: 'idle' } };
}

function sameStep(one: UpdateStep, other: UpdateStep): boolean {
  return (
    one.state === other.state &&
    (one.state !== 'downloading' || (other.state === 'downloading' && one.percent === other.percent))
  );
}

function notNow(message: string): TypedError<'update-not-now'> {
  return new TypedError(
    'update-not-now',
    message,
    'Wait for the current step to finish, or cancel it first.',
  );
}
