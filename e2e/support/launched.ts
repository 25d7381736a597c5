import type { ChildProcess } from 'node:child_process';
import type { Page } from '@playwright/test';

/** The application and what a person can do with it, however it was started. */
export interface Launched {
  readonly page: Page;
  /** The application's own process; it may have ended. */
  readonly child: ChildProcess;
  readonly dataDir: string;
  /** What main wrote on stderr so far. */
  readonly output: () => string;
  /**
   * Starts the program once more on the same data with these arguments (files, links), as a desktop does that
   * opens something; it hands them over and ends, and is waited for.
   */
  readonly open: (...given: readonly string[]) => Promise<void>;
  /** Quits in the ordinary way, unless it has ended, and removes the data folder. */
  readonly close: () => Promise<void>;
}

export interface LaunchOptions {
  /** Put after everything else on the command line. */
  readonly args?: readonly string[];
  /** On top of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** True where the subject is the first start: the components are prepared otherwise. */
  readonly nothingPrepared?: boolean;
  /** Called as soon as the program runs, long before its window is there. */
  readonly whenSpawned?: (child: ChildProcess) => void;
}
