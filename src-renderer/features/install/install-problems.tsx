import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Failure } from '../../../src-main/contract/requests.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { shortSource } from '../../lib/short-source.ts';
import { plural } from '../../lib/format.ts';
import type { InstallProblem } from '../../state/install.ts';

/** What went wrong while the dialog is open: shown above its buttons, within reach of keyboard and pointer. */
export function InstallProblems(props: {
  readonly problems: readonly InstallProblem[];
  readonly onDismiss: () => void;
}): ReactNode {
  const { problems, onDismiss } = props;
  if (problems.length === 0) {
    return null;
  }
  const own = problems.filter(({ source }) => source === null);
  const others = problems.flatMap(({ source, failure }) =>
    source === null ? [] : [{ name: shortSource(source), failure }],
  );
  return (
    <div className="install-problems" role="alert">
      <IconAlertTriangle size={16} aria-hidden />
      {/* Focusable: it scrolls when there is much to say. */}
      <div className="install-problem-words break" tabIndex={0} role="group" aria-label="What went wrong">
        {own.map(({ failure }) => (
          <p key="own">
            <b>Not installed.</b> {wordsOf(failure)}
          </p>
        ))}
        {others.length === 0 ? null : (
          <>
            <b>{plural(others.length, 'other')} could not be opened:</b>
            {others.map(({ name, failure }, index) => (
              // The same file may be refused twice.
              <p key={`${index}`}>
                {name}: {wordsOf(failure)}
              </p>
            ))}
          </>
        )}
      </div>
      <Button size="compact-sm" variant="default" onClick={onDismiss}>
        Dismiss
      </Button>
    </div>
  );
}

function wordsOf({ message, hint }: Failure): string {
  return escapeName(`${message} ${hint}`);
}
