import type { EventName, Events, Failure, RequestName, Requests } from '../../src-main/contract/requests.ts';
import type { Delta, LogPage, LogStream, Snapshot } from '../../src-main/contract/views.ts';
import { RequestError } from './client.ts';
import type { Client } from './client.ts';
import { fakeAbout } from './fake-views.ts';

type Answers = {
  [Name in RequestName]?: (
    argument: Requests[Name]['argument'],
  ) => Requests[Name]['answer'] | Promise<Requests[Name]['answer']>;
};

export interface FakeClient extends Client {
  /** Everything asked for, in order. */
  readonly asked: readonly { readonly name: RequestName; readonly argument: unknown }[];
  /** Sets how a request is answered from now on. */
  readonly answer: (answers: Answers) => void;
  readonly emit: <Name extends EventName>(name: Name, value: Events[Name]) => void;
}

/** A client without main, for tests: answers what it is told to, and refuses everything else. */
export function createFakeClient(first: Answers = {}): FakeClient {
  const answers: Answers = { ...first };
  const asked: { name: RequestName; argument: unknown }[] = [];
  const listeners = new Map<EventName, Set<(value: never) => void>>();
  return {
    asked,
    answer(more) {
      Object.assign(answers, more);
    },
    async request(name, argument) {
      asked.push({ name, argument });
      const answer = answers[name];
      if (answer === undefined) {
        throw refusal({
          code: 'unanswered',
          message: `The test answers no ${name}.`,
          hint: 'Give it an answer.',
        });
      }
      return await answer(argument);
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    emit(name, value) {
      for (const listener of listeners.get(name) ?? []) {
        (listener as (value: Events[typeof name]) => void)(value);
      }
    },
  };
}

export function refusal(failure: Partial<Failure>): RequestError {
  return new RequestError({
    code: 'refused',
    message: 'It was refused.',
    hint: 'Ask differently.',
    ...failure,
  });
}

export function fakeSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return { sequence: 1, processes: [], capsules: [], about: fakeAbout, ...change };
}

export function fakeDelta(sequence: number, change: Partial<Delta> = {}): Delta {
  return {
    sequence,
    processes: [],
    outputs: [],
    removedProcesses: [],
    capsules: [],
    removedCapsules: [],
    ...change,
  };
}

/** Retained output that answers `logs.read` as main does: absolute offsets, nothing taken away. */
export class FakeRing {
  readonly #capacity: number;
  #bytes = new Uint8Array();
  #start = 0;
  #times: { offset: number; at: number }[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get produced(): number {
    return this.#start + this.#bytes.length;
  }

  get dropped(): number {
    return this.#start;
  }

  write(text: string, at: number): void {
    const more = new TextEncoder().encode(text);
    this.#times.push({ offset: this.produced, at });
    const all = new Uint8Array(this.#bytes.length + more.length);
    all.set(this.#bytes);
    all.set(more, this.#bytes.length);
    const excess = Math.max(0, all.length - this.#capacity);
    this.#start += excess;
    this.#bytes = all.slice(excess);
  }

  read(cursor: number | null, maxBytes: number): LogPage {
    const asked =
      cursor === null ? this.#start : cursor < 0 ? Math.max(this.#start, this.produced + cursor) : cursor;
    const start = Math.min(Math.max(asked, this.#start), this.produced);
    const bytes = this.#bytes.slice(start - this.#start, start - this.#start + maxBytes);
    const before = this.#times.findLastIndex((mark) => mark.offset <= start);
    return {
      bytes,
      start,
      next: start + bytes.length,
      lost: Math.max(0, start - asked),
      end: false,
      times: this.#times.slice(Math.max(0, before)).filter((mark) => mark.offset < start + bytes.length),
    };
  }
}

export type FakeRings = Readonly<Record<LogStream, FakeRing>>;
