import {
  IconCircleCheck,
  IconCircleDashed,
  IconClockExclamation,
  IconCpu,
  IconHandStop,
  IconPlayerStop,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { LastCallView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { clockTime, formatDuration } from '../../lib/format.ts';

const OUTCOMES = {
  ok: { words: 'succeeded', tone: 'good', Icon: IconCircleCheck },
  refused: { words: 'was refused by the capsule', tone: 'warn', Icon: IconHandStop },
  trapped: { words: 'crashed the capsule (trap)', tone: 'bad', Icon: IconX },
  'timed-out': { words: 'timed out', tone: 'bad', Icon: IconClockExclamation },
  'out-of-memory': { words: 'ran out of memory', tone: 'bad', Icon: IconCpu },
  cancelled: { words: 'was cancelled', tone: 'quiet', Icon: IconPlayerStop },
  failed: { words: 'failed', tone: 'bad', Icon: IconX },
} as const;

/**
 * The outcome of the latest call, kept after its instance ends. Always two lines high, so that the Invoke button below
 * does not move under the pointer when a call returns.
 */
export function LastCall({ call }: { readonly call: LastCallView | null }): ReactNode {
  const { words, tone, Icon } =
    call === null
      ? ({ words: 'none yet', tone: 'quiet', Icon: IconCircleDashed } as const)
      : OUTCOMES[call.outcome];
  return (
    <section className={`last-call tone-${tone}`} aria-label="Last call">
      <Icon size={16} aria-hidden />
      <div className="last-call-words">
        <b>Last call: {call === null ? words : `${escapeName(call.action)} ${words}`}</b>
        <div className="cell-text quiet" title={call === null ? '' : escapeName(call.message)}>
          {call === null ? 'The result of the latest call is shown here.' : circumstances(call)}
        </div>
      </div>
    </section>
  );
}

function circumstances({ at, durationMs, principal, message }: LastCallView): string {
  const when = `${clockTime(at).slice(0, 8)} · ${formatDuration(durationMs)} · as ${escapeName(principal)}`;
  return message === '' ? when : `${when} · ${escapeName(message)}`;
}
