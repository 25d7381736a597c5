import { expect, test } from '@playwright/test';
import { invoke } from '../support/bridge.ts';
import { guestFolder } from '../support/guests.ts';
import { launch } from '../support/launch.ts';
import type { Launched } from '../support/launched.ts';
import { namespaceOf, pidsWith, processTree } from '../support/os-processes.ts';
import { install } from '../support/places.ts';
import { installed } from '../support/program.ts';

const uid = installed?.account?.uid ?? process.getuid?.() ?? 0;

let desktop: Launched;
test.beforeAll(async () => {
  desktop = await launch();
});
test.afterAll(() => desktop.close());

/** The application's main process and all below it. */
function tree() {
  const [main, ...others] = processTree(desktop.child.pid ?? 0);
  if (main === undefined) {
    throw new Error('the application has gone');
  }
  return { main, others };
}

test('the application and all that it starts run as the ordinary user', () => {
  const { main, others } = tree();
  expect(main.command).not.toContain('--no-sandbox');
  expect(uid).not.toBe(0);
  // A helper with root's rights may only make the sandbox; it has given them up by now.
  const strangers = [main, ...others].filter(({ uids }) => uids.some((one) => one !== uid));
  expect(strangers).toEqual([]);
});

test("the window's page is in Chromium's sandbox: filtered system calls, no new rights, a world of its own", () => {
  const { main, others } = tree();
  const renderers = others.filter(({ command }) => command.includes('--type=renderer'));
  expect(renderers.length).toBeGreaterThan(0);
  for (const renderer of renderers) {
    expect(renderer).toMatchObject({ seccomp: 2, noNewPrivs: 1 });
    expect(renderer.command).not.toContain('--no-sandbox');
    expect(renderer.pidNamespaces).toBeGreaterThan(main.pidNamespaces);
  }
});

test("a capsule's process runs as the user in bubblewrap's namespaces", async () => {
  const { page } = desktop;
  await install(desktop, guestFolder('flood'));
  const marker = `sandbox-check-${process.pid}-${Date.now()}`;
  const script = `: ${marker}; while :; do sleep 0.2; done`;
  await invoke(page, 'flood', 'start', { cmd: 'sh', args: ['-c', script], label: 'sandboxed' });
  await expect.poll(() => pidsWith(marker).length).toBeGreaterThan(0);
  const inside = () => tree().others.filter(({ name, command }) => name === 'sh' && command.includes(marker));
  await expect.poll(() => inside().length).toBe(1);
  const { main, others } = tree();
  const [shell] = inside();
  expect(shell?.uids).toEqual([uid, uid, uid, uid]);
  expect(shell?.noNewPrivs).toBe(1);
  expect(shell?.pidNamespaces).toBeGreaterThan(main.pidNamespaces);
  expect(others.find(({ pid }) => pid === shell?.parent)?.name).toBe('bwrap');
  for (const kind of ['pid', 'mnt', 'ipc'] as const) {
    expect(namespaceOf(shell?.pid ?? 0, kind), kind).not.toBe(namespaceOf(main.pid, kind));
  }
});

test('About says that capsules can be sandboxed', async () => {
  await desktop.page.getByRole('button', { name: 'About' }).click();
  await expect(desktop.page.getByRole('dialog', { name: 'About Capsule Desktop' })).toContainText('works');
});
