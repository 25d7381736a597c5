import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { noDisplay, WITHOUT_WINDOW } from './lib/no-display.mjs';
import { run } from './lib/run.mjs';

const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...bare } = process.env;

describe.runIf(process.platform === 'linux')('npm start without a display', () => {
  it('says so first, and prepares nothing', async () => {
    const { status, output, stdout } = await run(process.execPath, [path.join('build', 'start.mjs')], {
      env: bare,
      timeout: 30_000,
    });
    expect(output).toMatch(/^There is no display here/);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  it('names xvfb-run as a command only where it is one', () => {
    expect(noDisplay({ env: bare, hasXvfb: true })).toContain('  xvfb-run -a npm start\n');
    expect(noDisplay({ env: bare, hasXvfb: false })).toContain('install xvfb-run');
    expect(noDisplay({ env: { DISPLAY: ':0' } })).toBeNull();
  });

  it('names a command that works as it stands there', async () => {
    expect(noDisplay({ env: bare })).toContain(WITHOUT_WINDOW);
    const { status, stdout } = await run('sh', ['-c', WITHOUT_WINDOW], { env: bare });
    expect(JSON.parse(stdout)).toMatchObject({ action: 'continue', data: { exitCode: 0 } });
    expect(status).toBe(0);
  });
});
