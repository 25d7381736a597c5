import { Alert, Button, Center, Group, Loader, SegmentedControl, Text, Tooltip } from '@mantine/core';
import {
  IconActivity,
  IconDeviceDesktop,
  IconInfoCircle,
  IconMoon,
  IconPackage,
  IconPlugConnectedX,
  IconShieldExclamation,
  IconSun,
} from '@tabler/icons-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { CapsulesPage } from '../features/capsules/capsules-page.tsx';
import { InstallDialog } from '../features/install/install-dialog.tsx';
import { InvokePanel } from '../features/invoke/invoke-panel.tsx';
import { LogPanel } from '../features/logs/log-panel.tsx';
import { ProcessesPage } from '../features/processes/processes-page.tsx';
import { plural } from '../lib/format.ts';
import type { Stores } from '../state/stores.ts';
import type { ViewState } from '../state/view.ts';
import { FailurePanel } from '../ui/failure-panel.tsx';
import { AboutDialog } from './about-dialog.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { SafeModeBanner } from './safe-mode-banner.tsx';

const PLACES = [
  { place: 'processes', name: 'Processes', Icon: IconActivity },
  { place: 'capsules', name: 'Capsules', Icon: IconPackage },
] as const;

/** Navigation, header and the open place; composes the features. */
export function Shell({ stores }: { readonly stores: Stores }): ReactNode {
  const { view } = stores;
  const place = useStore(view, (state) => state.place);
  const [about, setAbout] = useState(false);
  return (
    <div className="shell">
      <nav className="rail" aria-label="Places">
        {PLACES.map(({ place: name, name: label, Icon }) => (
          <button
            key={name}
            type="button"
            className="rail-button"
            aria-current={place === name ? 'page' : undefined}
            onClick={() => view.setState({ place: name })}
          >
            <Icon size={20} stroke={1.6} aria-hidden />
            <span>{label}</span>
          </button>
        ))}
        <button type="button" className="rail-button rail-last" onClick={() => setAbout(true)}>
          <IconInfoCircle size={20} stroke={1.6} aria-hidden />
          <span>About</span>
        </button>
      </nav>
      <Header stores={stores} />
      <main className="main">
        <SafeModeBanner stores={stores} />
        <Banners stores={stores} />
        <ErrorBoundary key={place}>
          <Place stores={stores} place={place} />
        </ErrorBoundary>
      </main>
      <InstallDialog
        stores={stores}
        onInstalled={(id) => view.setState({ place: 'capsules', capsule: id })}
      />
      <AboutDialog stores={stores} opened={about} onClose={() => setAbout(false)} />
    </div>
  );
}

function Place({
  stores,
  place,
}: {
  readonly stores: Stores;
  readonly place: ViewState['place'];
}): ReactNode {
  const { status, failure } = useStore(stores.machine.store);
  if (status === 'loading') {
    return (
      <Center h="100%" role="status">
        <Loader size="sm" mr="sm" />
        <Text size="sm">Loading processes and capsules…</Text>
      </Center>
    );
  }
  if (status === 'failed' && failure !== null) {
    return (
      <FailurePanel
        message={failure.message}
        hint={failure.hint}
        onRetry={() => void stores.machine.reload()}
      />
    );
  }
  return place === 'processes' ? (
    <ProcessesPage stores={stores} renderLog={(head) => <LogPanel stores={stores} head={head} />} />
  ) : (
    <CapsulesPage
      stores={stores}
      renderInvoke={(capsule) => <InvokePanel stores={stores} capsule={capsule} key={capsule.id} />}
    />
  );
}

function Header({ stores }: { readonly stores: Stores }): ReactNode {
  const { processes, capsules } = useStore(stores.machine.store);
  const live = [...processes.values()].filter((view) => view.phase !== 'exited').length;
  return (
    <section className="header" aria-label="Overview">
      <h1>Capsule Desktop</h1>
      <Text size="sm" c="dimmed" className="figures counts">
        {live} running · {processes.size - live} exited · {plural(capsules.size, 'capsule')}
      </Text>
      <SchemeSwitch stores={stores} />
    </section>
  );
}

function SchemeSwitch({ stores }: { readonly stores: Stores }): ReactNode {
  const scheme = useStore(stores.view, (state) => state.scheme);
  const choices = [
    { value: 'auto', label: <SchemeIcon name="System theme" icon={<IconDeviceDesktop size={15} />} /> },
    { value: 'light', label: <SchemeIcon name="Light theme" icon={<IconSun size={15} />} /> },
    { value: 'dark', label: <SchemeIcon name="Dark theme" icon={<IconMoon size={15} />} /> },
  ] as const;
  return (
    <SegmentedControl
      size="xs"
      aria-label="Theme"
      value={scheme}
      onChange={(value) => stores.view.setState({ scheme: value })}
      data={[...choices]}
    />
  );
}

function SchemeIcon({ name, icon }: { readonly name: string; readonly icon: ReactNode }): ReactNode {
  return (
    <Tooltip label={name}>
      <span className="scheme-icon">
        {icon}
        <span className="visually-hidden">{name}</span>
      </span>
    </Tooltip>
  );
}

/** Problems of the whole machine that stay until somebody fixes them. */
function Banners({ stores }: { readonly stores: Stores }): ReactNode {
  const { about, status, failure } = useStore(stores.machine.store);
  return (
    <>
      {about === null || about.sandbox.ok ? null : (
        <Alert
          color="yellow"
          p="xs"
          className="banner"
          icon={<IconShieldExclamation size={18} />}
          title="The sandbox does not work: no processes can be started"
        >
          {about.sandbox.detail} {about.sandbox.fix}
        </Alert>
      )}
      {status === 'stale' && failure !== null ? (
        <Alert
          color="yellow"
          p="xs"
          className="banner"
          icon={<IconPlugConnectedX size={18} />}
          title="Disconnected: the data shown may be out of date"
        >
          <Group gap="sm">
            {failure.message} {failure.hint}
            <Button size="compact-xs" variant="default" onClick={() => void stores.machine.reload()}>
              Try again
            </Button>
          </Group>
        </Alert>
      ) : null}
    </>
  );
}
