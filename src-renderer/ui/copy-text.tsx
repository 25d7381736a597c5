import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { writeClipboard } from '../lib/write-clipboard.ts';

/** A button that copies a text and says so until the pointer or the focus leaves it. */
export function CopyText(props: {
  /** A function for text that is only built, or requested, when needed; null when it cannot be had. */
  readonly text: string | (() => string | Promise<string | null>);
  readonly label: string;
  readonly size?: 'sm' | 'md';
}): ReactNode {
  const { text, label, size = 'sm' } = props;
  const [copied, setCopied] = useState(false);
  const name = copied ? 'Copied' : label;
  const copy = (given: string | null): void => setCopied(given !== null && writeClipboard(document, given));
  const take = (): void => {
    const given = typeof text === 'string' ? text : text();
    if (typeof given === 'string') {
      copy(given);
    } else {
      void given.then(copy);
    }
  };
  const Icon = copied ? IconCheck : IconCopy;
  return (
    <Tooltip label={name}>
      <ActionIcon
        size={size}
        variant="subtle"
        color="gray"
        aria-label={name}
        onClick={take}
        onBlur={() => setCopied(false)}
        onPointerLeave={() => setCopied(false)}
      >
        <Icon size={size === 'sm' ? 14 : 16} />
      </ActionIcon>
    </Tooltip>
  );
}
