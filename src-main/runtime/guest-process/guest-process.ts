import type { FrameResponder } from '../../bridge/responder.ts';
import type { GuestCall, GuestMessage, GuestStart } from '../../guest/protocol.ts';
import type { PlannedComponent } from '../component/planned-component.ts';

/** A component as one kind of guest process takes it; made any number of instances of. */
export interface LoadedComponent extends Pick<GuestStart, 'script' | 'modules' | 'imports'> {
  readonly exports: readonly string[];
}

/** Why a guest is gone that nobody ended, in words. */
export interface Gone {
  readonly kind: 'trapped' | 'out-of-memory';
  readonly message: string;
}

/** Who starts one hears from it. None of these may throw. */
export interface GuestHandlers {
  /** Anything but the requests, in the order in which it was sent. */
  readonly onMessage: (message: GuestMessage) => void;
  /** Answers the requests. */
  readonly respond: FrameResponder;
  /** Once, last of all: it has ended, also when it was killed. */
  readonly onGone: (why: Gone) => void;
}

/**
 * Where one instance of a component runs: what is in it cannot reach the application but by its messages, and its end is
 * nobody else's. It blocks at its requests; this side never waits for it.
 */
export interface GuestProcess {
  /** Gives it the component, once. Nothing of a component is in it before. Does nothing when it has ended. */
  readonly begin: (start: GuestStart) => void;
  /** Begins a call; its end comes as a message. One at a time. Does nothing when it has ended. */
  readonly call: (call: GuestCall) => void;
  /** Ends it at once, whatever it is doing. Resolves when it has ended; twice is once. */
  readonly kill: () => Promise<void>;
}

/** One kind of guest process. */
export interface GuestProcesses {
  /** @throws TypedError `component-unusable` when that shows here already */
  readonly load: (component: PlannedComponent) => Promise<LoadedComponent>;
  readonly start: (handlers: GuestHandlers) => GuestProcess;
}
