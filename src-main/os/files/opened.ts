import type { Allowed } from '../../policy/gate.ts';
import type { Folder } from '../../policy/need.ts';
import type { SandboxSpec } from '../sandbox/spec/spec.ts';
import type { InjectedFile } from './injected-files.ts';
import type { PathHandle } from './path-handle.ts';
import type { Workspace } from './workspaces.ts';

/**
 * What of the machine one start opens to its program. No path can be put here as text: each is held open and comes from the
 * gate or from where the host made it. Open until the start is over; whoever opened it closes it.
 */
export interface Opened {
  /** Writable. */
  readonly workspace: Workspace;
  readonly folders?: readonly Allowed<Folder<PathHandle>>[];
  /** Shown read-only at a place of the caller's choosing inside the sandbox. */
  readonly injections?: readonly { readonly file: InjectedFile; readonly target: string }[];
}

/** The paths in it, for looking at them. */
export function openedPaths({
  workspace,
  folders = [],
  injections = [],
}: Opened): Required<Pick<SandboxSpec, 'workspace' | 'readOnly' | 'writable' | 'injections'>> {
  const pathsFor = (access: Folder['access']): readonly string[] =>
    folders.flatMap(({ value }) => (value.access === access ? [value.path] : []));
  return {
    workspace: workspace.path,
    readOnly: pathsFor('read'),
    writable: pathsFor('write'),
    injections: injections.map(({ file, target }) => ({ source: file.path, target })),
  };
}
