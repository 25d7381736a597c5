import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { writeClipboard } from '../lib/write-clipboard.ts';

/** A button that copies a text and says so until the pointer or the focus leaves it. */
export function CopyText(props: {
  /** A function for text that is only built when needed. */
  readonly text: string | (() => string);
  readonly label: string;
  readonly size?: 'sm' | 'md';
}): ReactNode {
  const { text, label, size = 'sm' } = props;
  const [copied, setCopied] = useState(false);
  const name = copied ? 'Copied' : label;
  const Icon = copied ? IconCheck : IconCopy;
  return (
    <Tooltip label={name}>
      <ActionIcon
        size={size}
        variant="subtle"
        color="gray"
        aria-label={name}
        onClick={() => setCopied(writeClipboard(document, typeof text === 'string' ? text : text()))}
        onBlur={() => setCopied(false)}
        onPointerLeave={() => setCopied(false)}
      >
        <Icon size={size === 'sm' ? 14 : 16} />
      </ActionIcon>
    </Tooltip>
  );
}
