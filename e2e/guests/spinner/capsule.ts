import { actions } from '../../../capsules/sdk/actions.ts';

let turns = 0;

/** `spin` computes for ever without a host call; `ping` shows that the next call works. */
export const astridHookTrigger = actions({
  spin: () => {
    for (;;) turns += 1;
  },
  ping: () => ({ pong: true, turns }),
});
