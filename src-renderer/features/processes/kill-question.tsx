import { Text } from '@mantine/core';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { commandBesideLabel, formatProcess } from '../../lib/format-process.ts';
import { plural } from '../../lib/format.ts';
import type { ConfirmQuestion } from '../../ui/confirm-dialog.tsx';

/** More would push the buttons out of a small window. */
const MAX_NAMED = 5;

/** Asks before a kill, and names the processes so that two with the same label can be told apart. */
export function killQuestion(
  views: readonly [ProcessView, ...ProcessView[]],
  onConfirm: () => void,
): ConfirmQuestion {
  const [first] = views;
  const isOne = views.length === 1;
  const rest = views.length - MAX_NAMED;
  return {
    title: isOne
      ? `Kill ${escapeName(first.label)}?`
      : `Kill ${plural(views.length, 'process', 'processes')}?`,
    text: (
      <>
        <ul className="kill-list">
          {views.slice(0, MAX_NAMED).map((view) => (
            <li key={view.key}>
              {isOne || commandBesideLabel(view) === null ? null : (
                <span className="process-label">{escapeName(view.label)}</span>
              )}
              <Text span className="which-process" lineClamp={isOne ? 4 : 1}>
                {formatProcess(view)}
              </Text>
            </li>
          ))}
          {rest > 0 ? <li>and {rest} more</li> : null}
        </ul>
        {isOne
          ? 'It ends immediately and cannot save its work. Stop asks it to exit first.'
          : 'They end immediately and cannot save their work. Stop asks them to exit first.'}
      </>
    ),
    label: 'Kill',
    onConfirm,
  };
}
