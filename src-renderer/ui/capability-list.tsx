import { Badge, Checkbox, Code, Group, Stack, Text } from '@mantine/core';
import {
  IconArrowRight,
  IconCheck,
  IconMinus,
  IconShield,
  IconShieldExclamation,
  IconShieldHalf,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { CapabilityView, RiskTier } from '../../src-main/contract/views.ts';
import { escapeName } from '../lib/escape-text.ts';

/**
 * The capabilities that a manifest requests, the riskiest first, each with its risk and one sentence. With `onGrant`
 * each has a checkbox (`granted` says which are selected); without it the list is read-only.
 */
export function CapabilityList(props: {
  readonly capabilities: readonly CapabilityView[];
  readonly granted?: ReadonlySet<string>;
  readonly onGrant?: (name: string, granted: boolean) => void;
}): ReactNode {
  const { capabilities, granted, onGrant } = props;
  const sorted = [...capabilities].sort((a, b) => RISK_ORDER[a.risk] - RISK_ORDER[b.risk]);
  if (sorted.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Requests no capabilities: it can compute and return results, but cannot reach anything outside itself.
      </Text>
    );
  }
  return (
    <Stack gap={0} component="ul" className="capability-list">
      {sorted.map((capability) => (
        <li key={capability.name} className="capability">
          {onGrant === undefined ? (
            <CapabilityText capability={capability} />
          ) : (
            <Checkbox
              checked={granted?.has(capability.name) ?? false}
              onChange={(event) => onGrant(capability.name, event.currentTarget.checked)}
              label={<CapabilityText capability={capability} />}
              aria-label={`Grant ${capability.name}`}
              classNames={{ body: 'capability-check', labelWrapper: 'capability-label' }}
            />
          )}
          {onGrant === undefined ? <GrantMark granted={capability.granted} /> : null}
        </li>
      ))}
    </Stack>
  );
}

const RISK_ORDER: Readonly<Record<RiskTier, number>> = { high: 0, medium: 1, low: 2 };

const RISKS = {
  high: { word: 'High risk', color: 'red', Icon: IconShieldExclamation },
  medium: { word: 'Medium risk', color: 'yellow', Icon: IconShieldHalf },
  low: { word: 'Low risk', color: 'gray', Icon: IconShield },
} as const;

function CapabilityText({ capability }: { readonly capability: CapabilityView }): ReactNode {
  const { word, color, Icon } = RISKS[capability.risk];
  return (
    <div className="capability-text">
      <Group gap={8} wrap="wrap">
        <Code>{escapeName(capability.name)}</Code>
        <Badge color={color} variant="light" leftSection={<Icon size={12} />}>
          {word}
        </Badge>
      </Group>
      <Text size="sm" mt={2}>
        {escapeName(capability.sentence)}
      </Text>
      <CapabilityValues capability={capability} />
    </div>
  );
}

/** The entries; each that names a program or folder of this machine on a line of its own, with its resolved path. */
function CapabilityValues({ capability }: { readonly capability: CapabilityView }): ReactNode {
  const { places } = capability;
  const others = capability.values.filter((value) => !places.some((place) => place.value === value));
  return (
    <>
      {others.length === 0 ? null : (
        <Group gap={4} mt={4}>
          {others.map((value) => (
            <Code key={value} className="capability-value">
              {escapeName(value)}
            </Code>
          ))}
        </Group>
      )}
      {places.length === 0 ? null : (
        <Stack gap={4} mt={4}>
          {places.map(({ value, path, note }) => (
            <Group key={value} gap={4}>
              <Code className="capability-value">{escapeName(value)}</Code>
              <IconArrowRight size={12} aria-label="is" role="img" />
              {path === null ? (
                <Text size="sm" c="dimmed" component="span">
                  {escapeName(note)}
                </Text>
              ) : (
                <Code className="capability-value">{escapeName(path)}</Code>
              )}
            </Group>
          ))}
        </Stack>
      )}
    </>
  );
}

function GrantMark({ granted }: { readonly granted: boolean }): ReactNode {
  return (
    <Group gap={4} wrap="nowrap" className="capability-mark">
      {granted ? <IconCheck size={14} /> : <IconMinus size={14} />}
      <Text size="sm">{granted ? 'Granted' : 'Not granted'}</Text>
    </Group>
  );
}
