import { Button, Center, EmptyState, Group, NavLink, ScrollArea } from '@mantine/core';
import { IconFile, IconFolder, IconPackageImport } from '@tabler/icons-react';
import { useRef } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { CapsuleView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import type { Stores } from '../../state/stores.ts';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { CapsuleDetail } from './capsule-detail.tsx';
import { CapsuleStateMark } from './capsule-state.tsx';

/** Installed capsules: the list on the left, one of them on the right, its action panel drawn by `renderInvoke`. */
export function CapsulesPage(props: {
  readonly stores: Stores;
  readonly renderInvoke: (capsule: CapsuleView) => ReactNode;
}): ReactNode {
  const { stores, renderInvoke } = props;
  const capsules = useStore(stores.machine.store, (state) => state.capsules);
  const chosen = useStore(stores.view, (state) => state.capsule);
  const sorted = [...capsules.values()].sort((a, b) => a.id.localeCompare(b.id));
  const capsule = capsules.get(chosen) ?? sorted[0];
  const page = useRef<HTMLElement>(null);
  // From a removed capsule to the one shown in its place, or to the install button.
  const watch = useKeptFocus(() => {
    const heir = page.current?.querySelector<HTMLElement>('[aria-current="true"]');
    (heir ?? page.current?.querySelector<HTMLElement>('button'))?.focus();
  });
  return (
    <section ref={page} className="place" aria-label="Capsules" {...watch}>
      <Group className="toolbar" gap="xs">
        <InstallButtons stores={stores} />
      </Group>
      {capsule === undefined ? (
        <NoCapsules stores={stores} />
      ) : (
        <div className="place-body capsules">
          <ScrollArea className="capsule-list" type="auto" scrollbars="y">
            <nav aria-label="Installed capsules">
              {sorted.map((each) => (
                <NavLink
                  key={each.id}
                  component="button"
                  active={each.id === capsule.id}
                  aria-current={each.id === capsule.id ? 'true' : undefined}
                  label={escapeName(each.id)}
                  description={<CapsuleStateMark capsule={each} />}
                  rightSection={<span className="quiet figures small-text">{each.version}</span>}
                  onClick={() => stores.view.setState({ capsule: each.id })}
                />
              ))}
            </nav>
          </ScrollArea>
          <ScrollArea
            className="capsule-detail"
            type="auto"
            scrollbars="y"
            key={capsule.id}
            viewportProps={{ tabIndex: 0 }}
          >
            <CapsuleDetail stores={stores} capsule={capsule} invoke={renderInvoke(capsule)} />
          </ScrollArea>
        </div>
      )}
    </section>
  );
}

/** Choosing what to install: not while a choice is open, and not in safe mode. */
function useChoice({ install, machine }: Stores): {
  /** Of a button that chooses. It looks disabled but stays focusable, for keyboard users. */
  readonly look: Readonly<Record<'data-disabled' | 'aria-disabled', boolean>> & { readonly title?: string };
  readonly choose: (kind: 'archive' | 'folder') => void;
} {
  const choosing = useStore(install.store, (state) => state.choosing);
  const safeMode = useStore(machine.store, ({ about }) => about !== null && about.safeMode !== null);
  const blocked = choosing || safeMode;
  return {
    look: {
      'data-disabled': blocked,
      'aria-disabled': blocked,
      ...(safeMode ? { title: 'Not available in safe mode.' } : {}),
    },
    choose: (kind) => void (blocked || install.choose(kind)),
  };
}

function InstallButtons({ stores }: { readonly stores: Stores }): ReactNode {
  const { look, choose } = useChoice(stores);
  return (
    <>
      <Button size="xs" leftSection={<IconFile size={14} />} {...look} onClick={() => choose('archive')}>
        Install file…
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconFolder size={14} />}
        {...look}
        onClick={() => choose('folder')}
      >
        Install folder…
      </Button>
    </>
  );
}

function NoCapsules({ stores }: { readonly stores: Stores }): ReactNode {
  const { look, choose } = useChoice(stores);
  return (
    <Center h="100%" p="xl">
      <EmptyState
        icon={<IconPackageImport size={36} stroke={1.4} />}
        title="No capsules installed"
        description="A capsule is a WebAssembly component with a manifest. You review what it requests before any of its code runs."
        maw={420}
      >
        <EmptyState.Actions>
          <Button {...look} onClick={() => choose('archive')}>
            Choose a .capsule file…
          </Button>
          <Button variant="default" {...look} onClick={() => choose('folder')}>
            Choose a folder…
          </Button>
        </EmptyState.Actions>
      </EmptyState>
    </Center>
  );
}
