import { guestExports } from '../../contract/guest-exports.ts';
import type { ComponentHeader } from './header.ts';

/** Names of the functions that a component exports, those first that the host calls, so that no bound cuts them off. */
export function exportedFunctions({ exports }: ComponentHeader): readonly string[] {
  const names = exports.filter(({ kind }) => kind === 'func').map(({ name }) => name);
  const called = guestExports.filter((name) => names.includes(name));
  const known = new Set<string>(guestExports);
  return [...called, ...names.filter((name) => !known.has(name))];
}
