import { useMemo } from 'react';
import type { ProcessSignal, ProcessView } from '../../../src-main/contract/views.ts';
import type { Stores } from '../../state/stores.ts';
import type { ConfirmQuestion } from '../../ui/confirm-dialog.tsx';
import { killQuestion } from './kill-question.tsx';

/** What can be done to one or several processes, by the keys captured at the click or key press. */
export interface ProcessCommands {
  readonly stop: (keys: readonly string[]) => void;
  readonly cancelStop: (keys: readonly string[]) => void;
  readonly kill: (views: readonly ProcessView[]) => void;
  readonly signal: (keys: readonly string[], signal: ProcessSignal) => void;
  /** Freezes, or thaws when the first of them is frozen. */
  readonly freeze: (views: readonly ProcessView[]) => void;
  readonly release: (keys: readonly string[]) => void;
}

export function useCommands(stores: Stores, ask: (question: ConfirmQuestion) => void): ProcessCommands {
  const { actions } = stores;
  return useMemo(() => {
    const each = (keys: readonly string[], act: (key: string) => Promise<void>): void => {
      for (const key of keys) {
        void act(key);
      }
    };
    const signal = (keys: readonly string[], name: ProcessSignal): void =>
      each(keys, (key) => actions.signal(key, name));
    return {
      stop: (keys) => each(keys, actions.stop),
      cancelStop: (keys) => each(keys, actions.cancelStop),
      release: (keys) => each(keys, actions.release),
      signal,
      freeze: (views) =>
        signal(
          views.map((view) => view.key),
          views[0]?.frozen ? 'cont' : 'stop',
        ),
      kill(views) {
        const [first, ...others] = views;
        if (first === undefined) {
          return;
        }
        const keys = views.map((view) => view.key);
        ask(killQuestion([first, ...others], () => each(keys, actions.kill)));
      },
    };
  }, [actions, ask]);
}
