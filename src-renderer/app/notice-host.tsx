import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import type { Notice, Notices } from '../state/notices.ts';

/** Shows the notices of the stores. Failures stay until they are dismissed. */
export function NoticeHost({ notices }: { readonly notices: Notices }): ReactNode {
  useEffect(() => {
    const show = (): void => {
      for (const notice of notices.take()) {
        notifications.show(look(notice));
      }
    };
    show();
    return notices.store.subscribe(show);
  }, [notices]);
  return null;
}

function look({ id, kind, title, text, hint }: Notice): Parameters<typeof notifications.show>[0] {
  const isFailure = kind === 'failure';
  return {
    id: `notice-${id}`,
    title,
    message: (
      <>
        <Text size="sm" c="var(--mantine-color-text)" className="break">
          {text}
        </Text>
        {hint === '' ? null : (
          <Text size="sm" c="dimmed" mt={2} className="break">
            {hint}
          </Text>
        )}
      </>
    ),
    color: isFailure ? 'red' : 'green',
    icon: isFailure ? <IconAlertTriangle size={16} /> : <IconCheck size={16} />,
    autoClose: isFailure ? false : 2_500,
    role: isFailure ? 'alert' : 'status',
    closeButtonProps: { 'aria-label': 'Dismiss' },
  };
}
