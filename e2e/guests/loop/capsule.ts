import { log, signalReady } from 'astrid:sys/host@1.0.0';
import { failedWith } from '../../../capsules/sdk/host-error.ts';
import { config, sleep } from '../../../capsules/sdk/sys.ts';

/** Logs `tick n` for ever; what else it does is configured, see the manifest. */
export function run(): void {
  const tickMs = Number(config('tick_ms') ?? 100);
  const crashAfter = Number(config('crash_after') ?? 0);
  const returnAfter = Number(config('return_after') ?? 0);
  if ((config('ready') ?? 'yes') === 'yes') signalReady();
  for (let tick = 1; ; tick++) {
    log('info', `tick ${tick}`);
    if (tick === crashAfter) throw new Error('the loop was told to crash');
    if (tick === returnAfter) return;
    try {
      sleep(tickMs);
    } catch (caught) {
      if (!failedWith(caught, 'cancelled')) throw caught;
      log('info', 'cancelled');
      return;
    }
  }
}
