import type { EventName, Events } from '../contract/requests.ts';

/** A window as the rest of this folder sees it: a number, a way to tell it things, and when it is gone. */
export interface WindowPort {
  readonly id: number;
  /** Does nothing when the window is gone. */
  readonly send: <Name extends EventName>(name: Name, value: Events[Name]) => void;
  /** Called once when the window closes or its page's process dies; returns the unsubscribe function. */
  readonly onGone: (listener: () => void) => () => void;
  /** Called when the window's page was replaced, as by a reload; returns the unsubscribe function. */
  readonly onReplaced: (listener: () => void) => () => void;
}
