import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import { temporaryFolder } from '../support/account.ts';
import { openBait } from '../support/bait.ts';
import { ask } from '../support/bridge.ts';
import { launch } from '../support/launch.ts';
import type { LaunchOptions } from '../support/launched.ts';
import { installed } from '../support/program.ts';

/** How the two states of a fuse are written in the program: as digits. */
const [OFF, ON] = ['0', '1'].map((digit) => digit.charCodeAt(0));

const folder = temporaryFolder(installed?.account ?? null);
/** Written by whatever a closed way lets in. */
const mark = join(folder, 'mark');
const writeMark = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'ran')`;

/** Starts the program with more than it should heed; what it becomes has to be the application itself. */
async function startWith(
  options: LaunchOptions,
  look: (output: string) => Promise<void> | void,
): Promise<void> {
  const desktop = await launch(options);
  try {
    expect(await ask(desktop.page, 'state.snapshot', null)).toMatchObject({ ok: true });
    expect(existsSync(mark)).toBe(false);
    await look(desktop.output());
  } finally {
    await desktop.close();
  }
}

test('the fuses are blown as they are meant to be', async () => {
  const wire = await getCurrentFuseWire(realpathSync(installed?.path ?? ''));
  expect(wire).toMatchObject({
    [FuseV1Options.RunAsNode]: OFF,
    [FuseV1Options.EnableCookieEncryption]: ON,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: OFF,
    [FuseV1Options.EnableNodeCliInspectArguments]: OFF,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: ON,
    [FuseV1Options.OnlyLoadAppFromAsar]: ON,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: OFF,
  });
});

test('the program is no Node, whatever the environment says', async () => {
  await startWith({ args: ['-e', writeMark], env: { ELECTRON_RUN_AS_NODE: '1' } }, () => undefined);
});

test('NODE_OPTIONS loads nothing in front of the application', async () => {
  const hook = join(folder, 'hook.cjs');
  writeFileSync(hook, writeMark, { mode: 0o644 });
  await startWith({ env: { NODE_OPTIONS: `--require ${hook}` } }, () => undefined);
});

test('no flag opens the inspector', async () => {
  // A port that was free a moment ago.
  const bait = await openBait();
  const port = Number(bait.host.split(':')[1]);
  bait.close();
  for (const flag of ['--inspect', '--inspect-brk']) {
    await startWith({ args: [`${flag}=${port}`] }, async (output) => {
      expect(output).not.toContain('Debugger listening');
      const socket = connect(port, '127.0.0.1');
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    });
  }
});
