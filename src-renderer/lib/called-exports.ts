import { guestExports } from '../../src-main/contract/guest-exports.ts';

/** What each guest export is for, as the window calls it. */
const HANDLES: Readonly<Record<(typeof guestExports)[number], string>> = {
  'astrid-hook-trigger': 'actions',
  run: 'run loop',
  'astrid-install': 'install',
  'astrid-upgrade': 'upgrade',
};

/** What a component handles: those of its exports that the host calls, without what its tool chain adds. */
export function calledExports(exported: readonly string[]): string {
  const called = guestExports.filter((name) => exported.includes(name));
  return called.map((name) => HANDLES[name]).join(', ') || 'nothing';
}
