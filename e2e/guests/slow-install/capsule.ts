import { log, sleepNs } from 'astrid:sys/host@1.0.0';

/** Waits in the host for ever. */
export function astridInstall(): void {
  log('info', 'installing');
  for (;;) sleepNs(1_000_000_000);
}

let turns = 0;

/** Computes for ever, without a host call. */
export function astridUpgrade(): void {
  log('info', 'upgrading');
  for (;;) turns += 1;
}
