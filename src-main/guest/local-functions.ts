import { randomBytes } from 'node:crypto';
import type { AstridSysHost1_0_0 } from '../host/generated/astrid-sys-1-0-0.ts';

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
export function createLocalFunctions(start: {
  readonly capabilities: readonly string[];
  readonly monotonicAnchorNs: bigint;
}): ReadonlyMap<string, LocalFunction> {
  const sys: LocalSys = {
    'clock-ms': () => BigInt(Math.max(0, Date.now())),
    'clock-monotonic-ns': () => process.hrtime.bigint() - start.monotonicAnchorNs,
    'random-bytes': (length) => {
      if (length > MAX_RANDOM_BYTES) {
        throw Object.assign(new Error('too-large'), { payload: { tag: 'too-large' } });
      }
      return new Uint8Array(randomBytes(Number(length)));
    },
    'enumerate-capabilities': () => start.capabilities,
  };
  return new Map(
    Object.entries(sys).map(([name, run]) => [`astrid:sys/host@1.0.0#${name}`, run as LocalFunction]),
  );
}
