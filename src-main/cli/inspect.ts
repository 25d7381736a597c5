import type { InstallPlan } from '../contract/views.ts';
import { withTemporaryKernel, type StartKernel } from './temporary-kernel.ts';

/** What the install dialog would show; none of the capsule's code runs. */
export function inspectCapsule(
  path: string,
  start: StartKernel,
): Promise<Omit<InstallPlan, 'token' | 'replaces' | 'overlaps'>> {
  return withTemporaryKernel(start, async (kernel) => {
    // The token, what it replaces and what it shares belong to the temporary kernel, in which nothing else is installed.
    const { token, replaces: _replaces, overlaps: _overlaps, ...facts } = await kernel.inspect(path);
    await kernel.cancelInstall(token);
    return facts;
  });
}
