import type { InstallPlan } from '../contract/views.ts';
import { withTemporaryKernel, type StartKernel } from './temporary-kernel.ts';

/** What the install page would show; nothing of the capsule runs. */
export function inspectCapsule(
  path: string,
  start: StartKernel,
): Promise<Omit<InstallPlan, 'token' | 'replaces'>> {
  return withTemporaryKernel(start, async (kernel) => {
    // The token and what is installed belong to the temporary kernel: they say nothing to the reader.
    const { token, replaces: _replaces, ...facts } = await kernel.inspect(path);
    await kernel.cancelInspection(token);
    return facts;
  });
}
