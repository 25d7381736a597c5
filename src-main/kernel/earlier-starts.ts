import type { Library } from '../capsules/library/library.ts';
import type { CapsuleManager } from '../runtime/capsule/manager.ts';
import type { OpenedStartMarks } from '../store/start-marks.ts';
import type { Act } from './acts.ts';

export interface EarlierStartsDeps {
  readonly starts: Pick<OpenedStartMarks, 'left' | 'settled'>;
  readonly library: Pick<Library, 'find'>;
  readonly manager: Pick<CapsuleManager, 'setEnabled'>;
  /** Of the application. */
  readonly act: Act;
  readonly report: (message: string, error: unknown) => void;
}

/**
 * Disables what was starting when the last session ended unexpectedly, as a person would, with the reason. One that was
 * being installed is not there any more, and of one that was being replaced the version before is: both are left alone.
 * Where the disk refuses it, the capsule is disabled for this session and stays marked for the next.
 */
export async function disableEarlierStarts({
  starts,
  library,
  manager,
  act,
  report,
}: EarlierStartsDeps): Promise<void> {
  for (const starting of starts.left) {
    const { id, hash } = starting;
    const record = library.find(id)?.record;
    try {
      if (record?.hash === hash && record.enabled) {
        report(
          `${id} was starting when Capsule Desktop ended unexpectedly; it is now disabled`,
          'enable it to try again',
        );
        await act('disable', id, () => manager.setEnabled(id, false, 'unexpected-end'));
      }
      starts.settled(starting);
    } catch (error) {
      report(`that ${id} is disabled could not be written; it stays disabled in this session`, error);
    }
  }
}
