import type { SandboxedChild } from '../../os/child/child.ts';

/** Does something while none of the programs can run. Those that stood still before do so afterwards. */
export async function whileFrozen<T>(
  children: readonly Pick<SandboxedChild, 'look' | 'signal'>[],
  work: () => Promise<T>,
): Promise<T> {
  const frozen: Pick<SandboxedChild, 'signal'>[] = [];
  try {
    await Promise.all(
      children.map(async (child) => {
        if ((await child.look())?.stopped === false) {
          frozen.push(child);
          await child.signal('stop');
        }
      }),
    );
    return await work();
  } finally {
    await Promise.allSettled(frozen.map((child) => child.signal('cont')));
  }
}
