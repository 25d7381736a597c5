import { guestExports } from '../../src-main/contract/guest-exports.ts';

/** Which of a component's functions the host ever calls, in words; what its tool chain exports beside them is left out. */
export function calledExports(exported: readonly string[]): string {
  return guestExports.filter((name) => exported.includes(name)).join(', ') || 'nothing';
}
