import {
  IconCircleCheck,
  IconCircleOff,
  IconCircleX,
  IconPlayerPlayFilled,
  IconRefresh,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { CapsuleView } from '../../../src-main/contract/views.ts';

const LOOKS = {
  ready: { word: 'Ready', tone: 'good', Icon: IconCircleCheck },
  running: { word: 'Running', tone: 'good', Icon: IconPlayerPlayFilled },
  disabled: { word: 'Disabled', tone: 'quiet', Icon: IconCircleOff },
  restarting: { word: 'Restarting', tone: 'warn', Icon: IconRefresh },
  failed: { word: 'Failed', tone: 'bad', Icon: IconCircleX },
} as const;

/** The state of a capsule as icon and word. */
export function CapsuleStateMark({ capsule }: { readonly capsule: CapsuleView }): ReactNode {
  const { word, tone, Icon } = LOOKS[capsule.state];
  return (
    <span className={`phase tone-${tone}`}>
      <Icon size={14} aria-hidden />
      <span>{word}</span>
    </span>
  );
}
