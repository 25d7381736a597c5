import { lstat, readlink, stat } from 'node:fs/promises';
import { ETC_ENTRIES, NETWORK_ETC_ENTRIES, SYSTEM_FOLDERS } from '../../limits.ts';

/** What of the host's system every sandboxed program sees, as found on this machine. */
export interface SystemView {
  /** Bound read-only at their own path. */
  readonly folders: readonly string[];
  /** Made again inside, as merged-usr systems have them: `/bin` → `usr/bin`. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  readonly etc: readonly string[];
  readonly networkEtc: readonly string[];
}

/** Looks once at which system folders are real, which are symlinks, and which entries of `/etc` exist. */
export async function readSystemView(): Promise<SystemView> {
  const folders: string[] = [];
  const links: { path: string; target: string }[] = [];
  for (const path of SYSTEM_FOLDERS) {
    const entry = await lstat(path).catch(() => undefined);
    if (entry?.isSymbolicLink() === true) {
      links.push({ path, target: await readlink(path) });
    } else if (entry?.isDirectory() === true) {
      folders.push(path);
    }
  }
  return {
    folders,
    links,
    etc: await existing(ETC_ENTRIES),
    networkEtc: await existing(NETWORK_ETC_ENTRIES),
  };
}

/** Follows symlinks on purpose: a dangling one cannot be bound. */
async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}
