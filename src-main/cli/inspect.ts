import type { InstallPlan } from '../contract/views.ts';
import { withTemporaryKernel, type StartKernel } from './temporary-kernel.ts';

/** What the install dialog would show; none of the capsule's code runs. */
export function inspectCapsule(
  path: string,
  start: StartKernel,
): Promise<Omit<InstallPlan, 'token' | 'replaces'>> {
  return withTemporaryKernel(start, async (kernel) => {
    // The token and what it replaces belong to the temporary kernel and mean nothing to the reader.
    const { token, replaces: _replaces, ...facts } = await kernel.inspect(path);
    await kernel.cancelInstall(token);
    return facts;
  });
}
