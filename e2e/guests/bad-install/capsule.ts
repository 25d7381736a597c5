import { log } from 'astrid:sys/host@1.0.0';

/** Traps, which undoes the installation. */
export function astridInstall(): void {
  log('info', 'installing');
  throw new Error('this capsule cannot be installed');
}

/** Traps, which restores the earlier version. */
export function astridUpgrade(): void {
  log('info', 'upgrading');
  throw new Error('this capsule cannot replace another');
}
