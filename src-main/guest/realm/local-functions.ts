import type { Outer } from './outer.ts';
import type { AstridSysHost1_0_0 } from '../../host/generated/astrid-sys-1-0-0.ts';

/** One call of a host function as the guest's worker answers it itself: the ok value, or the error thrown. */
export type LocalFunction = (...args: readonly unknown[]) => unknown;

/** The contract's limit of one `random-bytes`. */
const MAX_RANDOM_BYTES = 4_096n;

type Sys = AstridSysHost1_0_0;
type LocalSys = {
  readonly [F in 'clock-ms' | 'clock-monotonic-ns' | 'random-bytes' | 'enumerate-capabilities']: (
    ...args: Sys[F]['params']
  ) => Sys[F]['ok'];
};

/**
 * The functions that need nothing of the host's state: they cost the guest no round trip. The host's
 * own table says of each why it may be answered here.
 */
export function createLocalFunctions(
  outer: Pick<Outer, 'monotonicNs' | 'random'>,
  capabilities: readonly string[],
): ReadonlyMap<string, LocalFunction> {
  const sys: LocalSys = {
    'clock-ms': () => BigInt(Math.max(0, Date.now())),
    'clock-monotonic-ns': () => outer.monotonicNs(),
    'random-bytes': (length) => {
      if (length > MAX_RANDOM_BYTES) {
        throw Object.assign(new Error('too-large'), { payload: { tag: 'too-large' } });
      }
      const bytes = new Uint8Array(Number(length));
      outer.random(bytes);
      return bytes;
    },
    'enumerate-capabilities': () => capabilities,
  };
  return new Map(
    Object.entries(sys).map(([name, run]) => [`astrid:sys/host@1.0.0#${name}`, run as LocalFunction]),
  );
}
