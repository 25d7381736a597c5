import * as host from 'astrid:process/host@1.0.0';
import { actions } from '../../../capsules/sdk/actions.ts';
import { hostFailure, type HostFailure } from '../../../capsules/sdk/host-error.ts';

/**
 * `try` asks for `{ cmd?, args? }` (default `touch denied-was-here`) in all three ways, without `host_process` in the
 * manifest, and answers what each gave: `{ spawn, background, persistent }`.
 */
export const astridHookTrigger = actions({
  try: (payload) => {
    const cmd = payload.text('cmd') ?? 'touch';
    const args = payload.text('cmd') === undefined ? ['denied-was-here'] : payload.texts('args');
    const request = { cmd, args, env: [] };
    return {
      spawn: outcome(() => host.spawn(request)),
      background: outcome(() => host.spawnBackground(request)),
      persistent: outcome(() => host.spawnPersistent(request)),
    };
  },
});

function outcome(call: () => unknown): HostFailure | 'ran' {
  try {
    call();
    return 'ran';
  } catch (caught) {
    return hostFailure(caught) ?? { tag: 'no-host-error', val: String(caught) };
  }
}
