import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import { userEvent, type UserEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { cssVariables, theme } from '../app/theme.ts';
import { createFakeClient, type FakeClient } from '../client/fake-client.ts';
import { createStores, type Stores } from '../state/stores.ts';

/** When it is for the stores of a test, in epoch ms. */
export const NOW = 61_000;

export interface Shown {
  readonly stores: Stores;
  readonly client: FakeClient;
  /** A person at mouse and keyboard. */
  readonly user: UserEvent;
}

/** Draws a part of the window as the application does, over real stores whose main process is the test's. */
export function show(
  part: (stores: Stores) => ReactNode,
  answers: Parameters<typeof createFakeClient>[0] = {},
): Shown {
  const client = createFakeClient(answers);
  let calls = 0;
  const stores = createStores({
    client,
    memory: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    frame: () => () => undefined,
    now: () => NOW,
    newId: () => `call-${(calls += 1)}`,
  });
  const user = userEvent.setup();
  // In the environment "test" Mantine shows and hides at once.
  render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      {part(stores)}
    </MantineProvider>,
  );
  return { stores, client, user };
}
