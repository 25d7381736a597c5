import { Code, Group, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { shortHash } from '../lib/format.ts';
import { CopyText } from './copy-text.tsx';

/** A hash short enough to read, whole when copied. */
export function HashText({ hash }: { readonly hash: string }): ReactNode {
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label={hash} maw={420} multiline>
        <Code>{shortHash(hash)}</Code>
      </Tooltip>
      <CopyText text={hash} label="Copy hash" />
    </Group>
  );
}
