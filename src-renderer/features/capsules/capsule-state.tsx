import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleOff,
  IconCirclePause,
  IconCircleX,
  IconPlayerPlayFilled,
  IconRefresh,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { CapsuleView } from '../../../src-main/contract/views.ts';

const LOOKS = {
  'not-started': { word: 'Not started', tone: 'quiet', Icon: IconCirclePause },
  ready: { word: 'Ready', tone: 'good', Icon: IconCircleCheck },
  running: { word: 'Running', tone: 'good', Icon: IconPlayerPlayFilled },
  disabled: { word: 'Disabled', tone: 'quiet', Icon: IconCircleOff },
  restarting: { word: 'Restarting', tone: 'warn', Icon: IconRefresh },
  failed: { word: 'Failed', tone: 'bad', Icon: IconCircleX },
} as const;

/** What the application itself disabled stands out among what a person did. */
const DISABLED_BY_US = { word: 'Disabled', tone: 'warn', Icon: IconAlertTriangle } as const;

/** The state of a capsule as icon and word. */
export function CapsuleStateMark({ capsule }: { readonly capsule: CapsuleView }): ReactNode {
  const { disabledAfterUnexpectedEnd: byUs, state, stateReason } = capsule;
  const { word, tone, Icon } = byUs ? DISABLED_BY_US : LOOKS[state];
  return (
    <span className={`phase tone-${tone}`} title={byUs ? stateReason : undefined}>
      <Icon size={14} aria-hidden />
      <span>{word}</span>
    </span>
  );
}
