import type { AstridFsHost1_0_0 } from '../../src-main/host/generated/astrid-fs-1-0-0.ts';
import { nothing } from '../../src-main/host/pipeline/host-function.ts';
import { resource } from '../../src-main/host/pipeline/resource.ts';
import type { Allowed } from '../../src-main/policy/gate.ts';
import { sketch, type FutureCall, type Path } from './shape.ts';

interface OpenFile {
  readonly path: Path;
  readonly readAt: (offset: bigint, maxBytes: number) => Promise<Uint8Array>;
  readonly close: () => void;
}

/** Of `os/files`: takes what the gate has minted and no text. */
declare const files: {
  readonly open: (path: Allowed<Path>, mode: string) => Promise<OpenFile>;
  readonly rename: (from: Allowed<Path>, to: Allowed<Path>) => Promise<void>;
};
/** Follows links once, without any effect; throws the interface's `boundary-escape` or `not-found`. */
declare const canonical: (call: FutureCall, path: string) => Promise<Path>;
const shown = ({ root, path }: Path): string => `${root}://${path}`;

const FILE = resource<OpenFile>()('astrid:fs/host@1.0.0#file-handle');

/** The stock passes to the handle that `run` inserts and comes back when it is dropped. */
export const open = sketch<
  AstridFsHost1_0_0['fs-open'],
  { readonly path: Path; readonly access: 'read' | 'write'; readonly mode: string }
>({
  subject: async (call, path, mode) => ({
    path: await canonical(call, path),
    access: mode === 'read' ? 'read' : 'write',
    mode,
  }),
  needs: ({ path, access }) => [{ kind: 'file', path, access }],
  charges: () => [{ stock: 'open-files', amount: 1 }],
  audit: 'always',
  target: ({ path, mode }) => `${shown(path)} to ${mode}`,
  run: async (call, { path, access, mode }) => {
    const file = await files.open(await call.gate.require({ kind: 'file', path, access }), mode);
    return call.handles.insert(FILE, file, { dispose: file.close, ends: () => shown(path) });
  },
});

/** Two paths, two needs, one record. */
export const rename = sketch<AstridFsHost1_0_0['fs-rename'], { readonly from: Path; readonly to: Path }>({
  subject: async (call, from, to) => ({ from: await canonical(call, from), to: await canonical(call, to) }),
  needs: ({ from, to }) => [
    { kind: 'file', path: from, access: 'write' },
    { kind: 'file', path: to, access: 'write' },
  ],
  audit: 'always',
  target: ({ from, to }) => `${shown(from)} to ${shown(to)}`,
  run: async ({ gate }, { from, to }) =>
    files.rename(
      await gate.require({ kind: 'file', path: from, access: 'write' }),
      await gate.require({ kind: 'file', path: to, access: 'write' }),
    ),
});

export const readAt = sketch<AstridFsHost1_0_0['[method]file-handle.read-at'], OpenFile>({
  subject: (call, self) => call.handles.get(FILE, self),
  needs: nothing('the file passed the gate when it was opened, for the mode asked for'),
  charges: () => [{ rate: 'file-bytes', amount: 1 }],
  audit: 'refusals',
  target: ({ path }) => shown(path),
  run: (_call, file, _self, offset, maxBytes) => file.readAt(offset, maxBytes),
});
