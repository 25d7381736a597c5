import { getDefaultZIndex, MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Stores } from '../state/stores.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { NoticeHost } from './notice-host.tsx';
import { Shell } from './shell.tsx';
import { cssVariables, theme } from './theme.ts';

/** The whole window. `nonce` lets style elements pass the content security policy. */
export function App({ stores, nonce }: { readonly stores: Stores; readonly nonce: string }): ReactNode {
  const scheme = useStore(stores.view, (state) => state.scheme);
  const asksToInstall = useStore(stores.install.store, (state) => state.plans.length > 0);
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const colors = scheme === 'auto' ? system : scheme;
  useEffect(() => {
    document.documentElement.setAttribute('data-mantine-color-scheme', colors);
  }, [colors]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      forceColorScheme={colors}
      getStyleNonce={() => nonce}
    >
      <Notifications
        position="bottom-right"
        limit={4}
        containerWidth={340}
        // Mantine cuts a notice off at 200 px. What a capsule writes into one is cut by us, to about 300 px at this width.
        notificationMaxHeight={480}
        // The install page may come up by itself: a notice that was there before must not cover its buttons.
        zIndex={getDefaultZIndex(asksToInstall ? 'app' : 'overlay')}
      />
      <NoticeHost notices={stores.notices} />
      <ErrorBoundary>
        <Shell stores={stores} />
      </ErrorBoundary>
    </MantineProvider>
  );
}
