import { Alert, Text } from '@mantine/core';
import {
  IconCircleCheck,
  IconClockExclamation,
  IconCpu,
  IconHandStop,
  IconPlayerStop,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { LastCallView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { clockTime, durationInWords } from '../../lib/words.ts';

const OUTCOMES = {
  ok: { words: 'answered', color: 'green', Icon: IconCircleCheck },
  refused: { words: 'was refused by the capsule', color: 'yellow', Icon: IconHandStop },
  trapped: { words: 'trapped: the capsule crashed', color: 'red', Icon: IconX },
  'timed-out': { words: 'timed out and was ended', color: 'red', Icon: IconClockExclamation },
  'out-of-memory': { words: 'ran out of memory and was ended', color: 'red', Icon: IconCpu },
  cancelled: { words: 'was cancelled', color: 'gray', Icon: IconPlayerStop },
  failed: { words: 'failed', color: 'red', Icon: IconX },
} as const;

/** How the latest call ended; it stays after the instance is gone. */
export function LastCall({ call }: { readonly call: LastCallView }): ReactNode {
  const { words, color, Icon } = OUTCOMES[call.outcome];
  return (
    <Alert
      color={color}
      p="xs"
      icon={<Icon size={16} />}
      role="group"
      aria-label="Last call"
      title={`Last call: ${escapeName(call.action)} ${words}`}
    >
      {call.message === '' ? null : (
        <Text size="sm" className="break">
          {escapeName(call.message)}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {clockTime(call.at).slice(0, 8)} · {durationInWords(call.durationMs)} · as{' '}
        {escapeName(call.principal)}
      </Text>
    </Alert>
  );
}
