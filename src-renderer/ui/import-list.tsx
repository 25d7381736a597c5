import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatImport } from '../lib/format-import.ts';

/** Interfaces of a component with what each is for, in plain words. */
export function ImportList({
  names,
  none,
}: {
  readonly names: readonly string[];
  readonly none: string;
}): ReactNode {
  if (names.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <ul className="import-list">
      {names.map((name) => (
        <li key={name}>
          <Code>{name}</Code>
          <Text size="sm" c="dimmed" component="span">
            {formatImport(name)}
          </Text>
        </li>
      ))}
    </ul>
  );
}
