import { Buffer } from 'node:buffer';
import { capsuleError } from '../errors.ts';
import { DEFAULT_PRIORITY, MAX_MANIFEST_KEY, MAX_PRIORITY, MAX_TOPIC_BYTES } from '../limits.ts';
import { requireAtMost } from './bounds.ts';
import type { ManifestTable } from './table.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** A topic that is bound to an action of the guest. Lower priorities run first. */
export interface TopicAction {
  readonly topic: string;
  readonly action: string;
  readonly priority: number;
}

export interface Topics {
  readonly patterns: readonly string[];
  readonly actions: readonly TopicAction[];
}

const PINS = ['version', 'tag', 'rev', 'branch', 'path'] as const;

/** `[publish]`: a permission per topic or pattern. */
export function readPublish(table: ManifestTable): readonly string[] {
  return table.keys.map((topic) => {
    requireTopic(topic, `[${table.path}]`);
    const entry = table.tableOrString(topic);
    if (typeof entry !== 'string') {
      readReference(entry);
      entry.flag('fanout');
      entry.finish();
    }
    return topic;
  });
}

/** `[subscribe]`: a permission per topic or pattern, and with `handler` an action for it. */
export function readSubscribe(table: ManifestTable): Topics {
  const actions: TopicAction[] = [];
  for (const topic of table.keys) {
    requireTopic(topic, `[${table.path}]`);
    const entry = table.tableOrString(topic);
    if (typeof entry === 'string') {
      continue;
    }
    readReference(entry);
    const action = entry.has('handler') ? readAction(entry, 'handler') : undefined;
    const priority = entry.count('priority', MAX_PRIORITY);
    entry.flag('fanout');
    entry.finish();
    if (action !== undefined) {
      actions.push({ topic, action, priority: priority ?? DEFAULT_PRIORITY });
    } else if (priority !== undefined) {
      throw capsuleError(
        'manifest-priority-without-handler',
        `${table.at(topic)} has a priority but no handler.`,
        'Add handler = "<action>", or remove the priority.',
      );
    }
  }
  return { patterns: table.keys, actions };
}

/** `[[interceptor]]` of the older generation: an action for an event. */
export function readInterceptors(tables: readonly ManifestTable[]): readonly TopicAction[] {
  return tables.map((table) => {
    const topic = table.requiredString('event');
    requireTopic(topic, `[${table.path}]`);
    const action = readAction(table, 'action');
    const priority = table.count('priority', MAX_PRIORITY) ?? DEFAULT_PRIORITY;
    table.finish();
    return { topic, action, priority };
  });
}

/** @throws TypedError `manifest-bad-topic` when a part between dots is empty, or when it is too long for the bus. */
export function requireTopic(topic: string, place: string): void {
  if (Buffer.byteLength(topic) > MAX_TOPIC_BYTES) {
    throw capsuleError(
      'manifest-bad-topic',
      `${quoted(topic)} in ${place} has more than ${MAX_TOPIC_BYTES} bytes, and no message has such a topic.`,
      'Choose a shorter one.',
    );
  }
  if (topic.split('.').includes('')) {
    throw capsuleError(
      'manifest-bad-topic',
      `${quoted(topic)} in ${place} is not a valid topic: it has an empty segment.`,
      'Use segments separated by single dots, such as "tool.v1.execute.run".',
    );
  }
}

/** The name of an action, which is shown, recorded and given to the guest. */
function readAction(table: ManifestTable, key: string): string {
  const action = table.requiredString(key);
  requireAtMost(table.at(key), action.length, MAX_MANIFEST_KEY, 'characters');
  if (/\p{Cc}/u.test(action)) {
    throw capsuleError(
      'manifest-wrong-type',
      `${table.at(key)} has control characters in it.`,
      'Name the action with letters, digits and signs.',
    );
  }
  return action;
}

/** The record type of a topic: `wit`, and at most one place to take it from. */
function readReference(entry: ManifestTable): void {
  entry.requiredString('wit');
  const pins = PINS.filter((pin) => entry.string(pin) !== undefined);
  if (pins.length > 1) {
    throw capsuleError(
      'manifest-two-pins',
      `${quoted(entry.path)} names ${pins.length} sources: ${pins.join(', ')}.`,
      'Keep one of them.',
    );
  }
}
