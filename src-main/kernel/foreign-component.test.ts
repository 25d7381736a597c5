import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { startCapsule } from '../../capsules/testing.ts';

const BUILD = fileURLToPath(new URL('../../build/capsule/build-starling.mjs', import.meta.url));
/** StarlingMonkey takes about 15 s here to make its 15 MB, and longer while other tests run. */
const BUILD_LIMIT_MS = 180_000;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [BUILD]);
}, BUILD_LIMIT_MS);

it('a component of another tool chain, which imports all 14 interfaces, installs, links and answers', async () => {
  const { kernel, call } = await startCapsule('e2e/guests/starling');
  const [view] = kernel.capsules();
  const interfaces = (view?.imports ?? []).filter((name) => !name.startsWith('astrid:guest/'));
  expect(interfaces).toHaveLength(14);
  expect(interfaces.every((name) => name.startsWith('astrid:'))).toBe(true);

  const answers = await call('call');
  const soon = (name: string): object => ({
    err: { tag: 'unknown', val: `${name} is not available in this version of Capsule Desktop.` },
  });
  expect(answers).toEqual({
    'approval@1.0.0': soon('astrid:approval/host@1.0.0'),
    'elicit@1.0.0': soon('astrid:elicit/host@1.0.0'),
    'fs@1.0.0': soon('astrid:fs/host@1.0.0'),
    'http@1.1.0': soon('astrid:http/host@1.1.0'),
    'identity@1.0.0': soon('astrid:identity/host@1.0.0'),
    'io@1.0.0': { err: { tag: 'invalid-input' } },
    'ipc@1.0.0': soon('Publishing (astrid:ipc/host@1.0.0)'),
    'kv@1.0.0': soon('astrid:kv/host@1.0.0'),
    'net@1.0.0': soon('astrid:net/host@1.0.0'),
    'process@1.1.0': { err: { tag: 'no-such-process' } },
    'sys@1.0.0': { ok: null },
    'uplink@1.0.0': soon('astrid:uplink/host@1.0.0'),
  });
}, 60_000);
