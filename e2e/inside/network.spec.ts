import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { attemptsIn } from '../support/attempt.ts';
import { launchWithHook, type LaunchedWithHook } from '../support/launch-with-hook.ts';
import { attemptsAt, peerConnection } from '../support/peer-connection.ts';

let desktop: LaunchedWithHook;
test.beforeAll(async () => {
  desktop = await launchWithHook();
});
test.afterAll(() => desktop.close());

/** Reserved (RFC 6761): no such name is anybody's. */
const NAME = 'asked-by-the-page.invalid';
/** As browsers call addresses of a local network, which they look up by multicast. */
const LOCAL_NAME = '0a6b0ddc-5a19-4f0c-8f6e-asked00by0page.local';

/** No connection is made to the broadcast address: the system refuses it. */
const NOWHERE = '255.255.255.255:';

/** Chromium's log of its own network, as far as the test reads it. */
interface NetLog {
  readonly constants: { readonly logEventTypes: Readonly<Record<string, number>> };
  readonly events: readonly {
    readonly type: number;
    readonly params?: { readonly address?: string; readonly qname?: string; readonly host?: string };
  }[];
}

test('no name that the page gives is looked up: a name can carry what the page knows', async () => {
  const file = join(desktop.dataDir, 'network.json');
  await desktop.inMain(
    ({ session }, path) => session.defaultSession.netLog.startLogging(path, { captureMode: 'everything' }),
    file,
  );
  const attempt = attemptsIn(desktop.page);
  for (const name of [NAME, LOCAL_NAME]) {
    await Promise.all(attemptsAt(name, 3478).map((each) => attempt(peerConnection(each))));
    for (const rel of ['dns-prefetch', 'preconnect', 'prefetch', 'icon']) {
      await attempt(
        `document.head.append(Object.assign(document.createElement('link'), { rel: '${rel}', href: 'http://${rel}.${name}/' }))`,
      );
    }
    await attempt(`fetch('http://fetch.${name}/')`);
  }
  // The network service sees main's own attempt after those of the page, and has written all of them by the end.
  await desktop.inMain(async ({ session }) => {
    await session.defaultSession.resolveHost('asked-by-main.invalid').catch(() => undefined);
    await session.defaultSession.netLog.stopLogging();
  }, null);
  const { constants, events } = JSON.parse(readFileSync(file, 'utf8')) as NetLog;
  const { UDP_BYTES_SENT, TCP_CONNECT_ATTEMPT, HOST_RESOLVER_SYSTEM_TASK } = constants.logEventTypes;
  expect(JSON.stringify(events)).toContain('asked-by-main.invalid');
  const left = events.filter(({ type, params }) => {
    const address = params?.address ?? NOWHERE;
    return (
      type === UDP_BYTES_SENT ||
      type === HOST_RESOLVER_SYSTEM_TASK ||
      (type === TCP_CONNECT_ATTEMPT && !address.startsWith(NOWHERE))
    );
  });
  expect(left).toEqual([]);
});
