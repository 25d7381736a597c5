import { setTimeout as delay } from 'node:timers/promises';
import { holdsNamed, type Capabilities } from '../policy/capabilities.ts';
import { LOG_LINE } from '../store/limits.ts';
import type { ErrorCode, LogLevel } from './generated/astrid-sys-1-0-0.ts';
import { errorsOf, type HostInterface } from './pipeline/errors-of.ts';
import { hostFunction, nothing } from './pipeline/host-function.ts';
import { WitError } from './pipeline/wit-error.ts';

/** The contract's longest `sleep-ns`: 60 s. */
const MAX_SLEEP_NS = 60_000_000_000n;
const NS_PER_MS = 1_000_000n;

/** The one configuration key that the reference keeps for itself. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['ASTRID_SOCKET_PATH']);

/** What `astrid:sys` needs of the rest of the host. */
export interface SysServices {
  /** The value of a plain configuration entry of a capsule, or undefined when none is set. */
  readonly config: (capsule: string, principal: string, key: string) => string | undefined;
  readonly log: (capsule: string, principal: string, level: LogLevel, message: string) => void;
  /** Effective rights of the capsule with this source uuid, or undefined when there is none. */
  readonly rightsOf: (sourceUuid: string) => Capabilities | undefined;
}

/** `astrid:sys@1.0.0`: who calls, configuration, log, time, randomness, what is held. */
export function createSysHost(services: SysServices): HostInterface<'astrid:sys/host@1.0.0'> {
  const noTarget = (): string => '';
  return {
    name: 'astrid:sys/host@1.0.0',
    errors: errorsOf<'astrid:sys/host@1.0.0'>({
      quota: { tag: 'unknown', val: 'Rate limit exceeded. Try again in a second.' },
      byCode: {},
    }),
    functions: {
      'get-config': hostFunction({
        needs: nothing('a capsule reads only its own entries'),
        audit: 'refusals',
        target: ([key]) => key,
        run: (call, [key]) => {
          if (RESERVED_KEYS.has(key)) {
            throw new WitError(tag('config-key-reserved'));
          }
          return services.config(call.capsule, call.principal, key);
        },
      }),
      'get-caller': hostFunction({
        needs: nothing('tells the guest its own caller'),
        audit: 'refusals',
        target: noTarget,
        run: ({ invocation, principal }) =>
          invocation === null
            ? { principal: undefined, sourceId: '', timestamp: '' }
            : { principal, sourceId: invocation.sourceId, timestamp: invocation.timestamp },
      }),
      log: hostFunction({
        needs: nothing('writes only to the capsule’s own log, limited in rate and length'),
        audit: 'refusals',
        target: ([level]) => level,
        charges: ([, message]) => [
          { rate: 'log-lines', amount: 1 },
          { rate: 'log-bytes', amount: Math.min(message.length, LOG_LINE) },
        ],
        refused: () => undefined,
        run: (call, [level, message]) => services.log(call.capsule, call.principal, level, message),
      }),
      'signal-ready': hostFunction({
        needs: nothing('affects only the displayed state of the guest itself'),
        audit: 'refusals',
        target: noTarget,
        refused: () => undefined,
        run: (call) => call.ready(),
      }),
      'clock-ms': { answeredInGuest: 'the time of day is no secret' },
      'clock-monotonic-ns': { answeredInGuest: 'a steady clock is no secret' },
      'sleep-ns': hostFunction({
        blocks: true,
        needs: nothing('costs only the guest’s own time'),
        audit: 'refusals',
        target: noTarget,
        run: async (call, [durationNs]) => {
          if (durationNs > MAX_SLEEP_NS) {
            throw new WitError(tag('too-large'));
          }
          // Rounded up: a sleep is never shorter than asked for.
          await delay(Number((durationNs + NS_PER_MS - 1n) / NS_PER_MS), undefined, { signal: call.signal });
        },
      }),
      'random-bytes': { answeredInGuest: 'the operating system’s generator is available in every thread' },
      'check-capsule-capability': hostFunction({
        needs: nothing('answers only for a capsule whose uuid the guest already knows'),
        audit: 'refusals',
        target: ([{ capability }]) => capability,
        run: (_call, [{ sourceUuid, capability }]) => {
          const rights = services.rightsOf(sourceUuid);
          return { allowed: rights !== undefined && holdsNamed(rights, capability) };
        },
      }),
      'enumerate-capabilities': { answeredInGuest: 'the worker receives the held capabilities at its start' },
    },
  };
}

function tag<T extends Exclude<ErrorCode['tag'], 'unknown'>>(name: T): { readonly tag: T } {
  return { tag: name };
}
