import { ActionIcon, Menu, Text, Tooltip } from '@mantine/core';
import { IconBolt, IconPlayerStopFilled, IconTrash } from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { signalChoices } from '../../lib/format-exit.ts';
import type { ProcessCommands } from './use-commands.ts';

/**
 * The commands of one process. Every handler keeps the key of the process it was drawn for. Outside the tab order of the
 * list (`tabbable` false): there each command has a key.
 */
export function RowActions(props: {
  readonly view: ProcessView;
  readonly commands: ProcessCommands;
  readonly menuOpen: boolean;
  readonly onMenu: (open: boolean) => void;
  readonly tabbable: boolean;
  readonly stopRef?: RefObject<HTMLButtonElement | null>;
}): ReactNode {
  const { view, commands, menuOpen, onMenu, tabbable, stopRef } = props;
  const tabIndex = tabbable ? 0 : -1;
  const { key } = view;
  if (view.phase === 'exited') {
    return (
      // With React keys: a double click on Stop must not hit this button.
      <Tooltip key="release" label="Discard the process and its log">
        <ActionIcon
          variant="subtle"
          color="gray"
          tabIndex={tabIndex}
          aria-label="Discard"
          onClick={() => commands.release([key])}
        >
          <IconTrash size={15} />
        </ActionIcon>
      </Tooltip>
    );
  }
  const signalButton = (
    <ActionIcon
      variant="subtle"
      color="gray"
      tabIndex={tabIndex}
      aria-label="Signal"
      aria-haspopup="menu"
      onClick={() => onMenu(!menuOpen)}
    >
      <IconBolt size={15} />
    </ActionIcon>
  );
  // Looks disabled but keeps the focus: Cancel and the menu are next to it.
  const isStopping = view.stop !== null;
  return (
    <>
      <Tooltip key="stop" label="Stop: TERM, then KILL after 5 s">
        <ActionIcon
          variant="subtle"
          color="gray"
          tabIndex={tabIndex}
          aria-label="Stop"
          ref={stopRef}
          data-disabled={isStopping}
          aria-disabled={isStopping}
          onClick={() => (isStopping ? undefined : commands.stop([key]))}
        >
          <IconPlayerStopFilled size={14} />
        </ActionIcon>
      </Tooltip>
      {menuOpen || tabbable ? (
        // Without "keydown", which Mantine counts as a click outside: the key that opens the menu would close it.
        <Menu
          clickOutsideEvents={['mousedown', 'touchstart']}
          opened={menuOpen}
          onClose={() => onMenu(false)}
          position="bottom-end"
          withInitialFocusPlaceholder={false}
          returnFocus={tabbable}
        >
          <Menu.Target>{signalButton}</Menu.Target>
          <Menu.Dropdown aria-label={`Signal for ${view.label}`}>
            {signalChoices.map(({ signal, name, purpose }) => (
              <Menu.Item
                key={signal}
                onClick={() => commands.signal([key], signal)}
                rightSection={
                  <Text size="xs" c="dimmed">
                    {purpose}
                  </Text>
                }
              >
                {name}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item c="var(--bad)" onClick={() => commands.kill([view])}>
              SIGKILL…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        signalButton
      )}
    </>
  );
}
