import {
  Alert,
  Autocomplete,
  Badge,
  Button,
  Code,
  Group,
  JsonInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconAlertTriangle, IconHandStop, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { useStore } from 'zustand';
import { MAX_PAYLOAD_BYTES } from '../../../src-main/contract/limits.ts';
import type { CapsuleView, InvokeResult } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { prettyData } from '../../lib/pretty-data.ts';
import { formatAge, formatDuration } from '../../lib/format.ts';
import { emptyDraft, payloadProblem, principalProblem } from '../../state/invoke.ts';
import type { CallState } from '../../state/invoke.ts';
import type { Stores } from '../../state/stores.ts';
import { CopyText } from '../../ui/copy-text.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';

/** An action needs no topic to be invoked: the manifest is only where the list comes from. */
const NO_ACTIONS = 'The manifest lists no actions. Type the name of one that the capsule handles.';

/** Invokes an action of a capsule and shows the result. */
export function InvokePanel({
  stores,
  capsule,
}: {
  readonly stores: Stores;
  readonly capsule: CapsuleView;
}): ReactNode {
  const { invoke } = stores;
  const draft = useStore(invoke.store, (state) => state.drafts.get(capsule.id)) ?? emptyDraft;
  const call = useStore(invoke.store, (state) => state.calls.get(capsule.id));
  const [tried, setTried] = useState(false);
  const problem = payloadProblem(draft.payload, MAX_PAYLOAD_BYTES);
  const action = draft.action.trim();
  const principal = draft.principal.trim() || 'default';
  const wrongPrincipal = principalProblem(principal);
  const running = call?.kind === 'running';
  const obstacle = obstacleOf(capsule);
  const blocked = running || obstacle !== '';
  const invokeButton = useRef<HTMLButtonElement>(null);
  // "Cancel call" goes away with its call.
  const watch = useKeptFocus(() => invokeButton.current?.focus());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (blocked) {
      return;
    }
    setTried(true);
    if (action !== '' && problem === null && wrongPrincipal === null) {
      void invoke.run(capsule.id, { ...draft, action, principal });
    } else {
      // It would read as the answer to what was just refused.
      invoke.dismiss(capsule.id);
    }
  };
  return (
    <form onSubmit={submit} aria-label={`Invoke ${capsule.id}`}>
      <Stack gap="sm">
        <Group gap="sm" align="flex-start" grow>
          <Autocomplete
            label="Action"
            placeholder={capsule.actions.length === 0 ? 'Type its name' : 'Choose or type'}
            description={capsule.actions.length === 0 ? NO_ACTIONS : null}
            data={[...capsule.actions]}
            value={draft.action}
            error={tried && action === '' ? 'Enter an action.' : null}
            onChange={(value) => invoke.edit(capsule.id, { ...draft, action: value })}
          />
          <TextInput
            label="As principal"
            value={draft.principal}
            placeholder="default"
            error={tried ? wrongPrincipal : null}
            onChange={(event) => invoke.edit(capsule.id, { ...draft, principal: event.currentTarget.value })}
          />
        </Group>
        <JsonInput
          label="Payload (JSON, optional)"
          placeholder="{ }"
          autosize
          minRows={3}
          maxRows={10}
          spellCheck={false}
          classNames={{ input: 'code-input' }}
          value={draft.payload}
          error={tried ? problem : null}
          validationError={problem}
          onChange={(value) => invoke.edit(capsule.id, { ...draft, payload: value })}
        />
        <Group gap="xs" {...watch}>
          {/* Looks disabled but stays focusable: keyboard users keep their place while the call runs. */}
          <Button
            ref={invokeButton}
            type="submit"
            leftSection={<IconPlayerPlay size={14} />}
            data-disabled={blocked}
            aria-disabled={blocked}
          >
            Invoke
          </Button>
          {running ? (
            <Button variant="default" onClick={() => void invoke.cancel(capsule.id)}>
              Cancel call
            </Button>
          ) : null}
          {obstacle === '' ? null : (
            <Text size="sm" c="dimmed">
              {obstacle}
            </Text>
          )}
        </Group>
        {call === undefined ? null : <Outcome call={call} stores={stores} />}
      </Stack>
    </form>
  );
}

/** Why it cannot be invoked now; empty when it can. */
function obstacleOf({ enabled, state }: CapsuleView): string {
  if (!enabled) {
    return 'Enable the capsule to invoke it.';
  }
  return state === 'not-started' ? 'Restart normally to invoke it.' : '';
}

/** The guest's decision, without its plain forms: every ordinary result carries `continue`, every refusal `deny`. */
function formatDecision({ refused, action }: InvokeResult): string {
  const [text, plain] = refused ? ['Refused by the capsule', 'deny'] : ['Succeeded', 'continue'];
  return action === plain ? text : `${text}: ${escapeName(action)}`;
}

function Outcome({ call, stores }: { readonly call: CallState; readonly stores: Stores }): ReactNode {
  const now = useStore(stores.clock.store, (state) => state.now);
  if (call.kind === 'running') {
    return (
      <Text size="sm" role="status">
        {call.action} has been running for {formatAge(now - call.since)}.
      </Text>
    );
  }
  if (call.kind === 'cancelled') {
    return (
      <Alert
        role="status"
        color="gray"
        icon={<IconPlayerStop size={16} />}
        title={`${call.action} was cancelled`}
        p="sm"
      >
        <Text size="sm">{call.failure.hint}</Text>
      </Alert>
    );
  }
  if (call.kind === 'failed') {
    return (
      <Alert color="red" icon={<IconAlertTriangle size={16} />} title={`${call.action} failed`} p="sm">
        <Text size="sm">{call.failure.message}</Text>
        <Text size="sm" mt={4}>
          {call.failure.hint}
        </Text>
      </Alert>
    );
  }
  const { result } = call;
  const text = prettyData(result.data);
  return (
    <div role="status" aria-label="Result">
      <Group gap="xs" mb={6}>
        <Badge
          color={result.refused ? 'yellow' : 'green'}
          variant="light"
          leftSection={result.refused ? <IconHandStop size={12} /> : null}
        >
          {formatDecision(result)}
        </Badge>
        <Text size="sm" c="dimmed">
          {call.action} · {formatDuration(result.durationMs)}
        </Text>
        {text === '' ? null : <CopyText text={text} label="Copy result" />}
      </Group>
      {text === '' ? (
        <Text size="sm" c="dimmed">
          No data.
        </Text>
      ) : (
        <Code block className="result" tabIndex={0}>
          {text}
        </Code>
      )}
    </div>
  );
}
