import { clockMs, getConfig, randomBytes, sleepNs } from 'astrid:sys/host@1.0.0';

const NS_PER_MS = 1_000_000;

/** The host sleeps at most 60 seconds per call. */
const LONGEST_SLEEP_MS = 60_000;

/** Blocks for `ms` milliseconds; throws the host's `cancelled` when the instance is being stopped. */
export function sleep(ms: number): void {
  for (let left = ms; left > 0; left -= LONGEST_SLEEP_MS) {
    sleepNs(Math.round(Math.min(left, LONGEST_SLEEP_MS) * NS_PER_MS));
  }
}

/** Milliseconds since 1970. `Date.now()` traps: the engine has no clock of its own. */
export function now(): number {
  return clockMs();
}

/** A configuration value of the manifest's `[env]` table, or undefined when it is unset or empty. */
export function config(key: string): string | undefined {
  const value = getConfig(key);
  return value === null || value === '' ? undefined : value;
}

/** A hexadecimal name of 64 random bits. `Math.random()` repeats itself: its seed is part of the component. */
export function uniqueName(): string {
  return Array.from(randomBytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
