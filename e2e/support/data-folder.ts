import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { linkEach } from '../../build/test/prepared-components.ts';
import { giveTo, type Account } from './account.ts';
import type { LaunchOptions } from './launched.ts';

/** Names the folder of prepared components, of which each data folder gets links. */
export const PREPARED_COMPONENTS = 'CAPSULE_DESKTOP_PREPARED_COMPONENTS';

/**
 * A new data folder in a program's folder, with every component prepared: what an application finds at its second
 * start. Its folders belong to the account; the files stay those of who prepared them, and are only read.
 */
export function makeDataFolder(
  folder: string,
  account: Account | null,
  { nothingPrepared }: LaunchOptions,
): string {
  const dataDir = join(folder, 'data');
  const own = [dataDir];
  mkdirSync(dataDir);
  const prepared = process.env[PREPARED_COMPONENTS];
  if (prepared !== undefined && nothingPrepared !== true) {
    const transpiled = join(dataDir, 'transpiled');
    mkdirSync(transpiled);
    linkEach(prepared, transpiled);
    own.push(transpiled, ...readdirSync(transpiled).map((name) => join(transpiled, name)));
  }
  own.forEach((each) => giveTo(account, each));
  return dataDir;
}
