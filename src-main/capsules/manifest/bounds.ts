import { capsuleError } from '../errors.ts';

/**
 * A manifest lists what a person is shown and every later message carries, so its lists have an end.
 *
 * @param where what has the entries, as it stands in the message
 * @throws TypedError `manifest-too-large`
 */
export function requireAtMost(where: string, count: number, max: number, unit = 'entries'): void {
  if (count > max) {
    throw capsuleError(
      'manifest-too-large',
      `${where} has ${count} ${unit}; at most ${max} are read.`,
      'Leave out what the capsule does not need, or split it into several.',
    );
  }
}
