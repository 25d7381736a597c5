import type { LegacyTopics } from './capabilities.ts';
import type { ManifestTable } from './table.ts';
import { readInterceptors, requireTopic, type TopicAction } from './topics.ts';

export interface Legacy {
  readonly used: boolean;
  readonly actions: readonly TopicAction[];
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Tables of the older generation that never had an effect on a running capsule. */
const DEAD_TABLES = ['skill', 'topic', 'dependencies'];

/**
 * The older generation (0.4 to 0.8): `[[interceptor]]`, and the two lists of topics in `[capabilities]`.
 * The reference drops them in silence; here they still work, with a warning that names the newer key.
 */
export function readLegacy(root: ManifestTable, topics: readonly (LegacyTopics | undefined)[]): Legacy {
  const actions = readInterceptors(root.tables('interceptor'));
  const publish = topics.flatMap((each) => each?.publish ?? []);
  const subscribe = topics.flatMap((each) => each?.subscribe ?? []);
  for (const pattern of [...publish, ...subscribe]) {
    requireTopic(pattern, '[capabilities]');
  }
  const dead = DEAD_TABLES.filter((key) => root.has(key));
  if (actions.length > 0) {
    root.warn(
      () => '[[interceptor]] is deprecated but still supported. Bind actions in [subscribe] instead.',
    );
  }
  if (publish.length > 0) {
    root.warn(() => '"ipc_publish" is deprecated but still supported. List topics in [publish] instead.');
  }
  if (subscribe.length > 0) {
    root.warn(() => '"ipc_subscribe" is deprecated but still supported. List topics in [subscribe] instead.');
  }
  for (const key of dead) {
    root.warn(() => `"${key}" is a deprecated table and has no effect.`);
  }
  const used = actions.length > 0 || publish.length > 0 || subscribe.length > 0 || dead.length > 0;
  return { used, actions, publish, subscribe };
}
