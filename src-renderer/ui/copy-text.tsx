import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { writeClipboard } from '../lib/write-clipboard.ts';

/** A small button that copies a text and says so until the pointer or the focus leaves it. */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const name = copied ? 'Copied' : label;
  return (
    <Tooltip label={name}>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={name}
        onClick={() => setCopied(writeClipboard(document, text))}
        onBlur={() => setCopied(false)}
        onPointerLeave={() => setCopied(false)}
      >
        {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}
