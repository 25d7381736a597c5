import { request } from '../support/bridge.ts';
import { CONTINUE, FREE, guestComponent, RESULT, type Guest } from '../support/forged-guest.ts';
import { attempts, type Row } from '../support/hostile-test.ts';
import { ATTACKER, cancelled, failureOf, installed, invocation, stateOf } from '../support/invocation.ts';
import { offer, removeCapsule } from '../support/offer.ts';
import type { Ending, Watched } from '../support/under-watch.ts';

const FOREVER = '(loop $forever (br $forever))';
/** Grows by a megabyte until it may not, and then goes on as if it had. */
const GROW = `(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (unreachable)`;
const attack = installed((watched, id) => invocation(watched, id, 'attack'));

const guest = (
  name: string,
  code: string | RegExp,
  made: Guest,
  run: Row['run'] = attack,
  short?: 'short',
): Row => ({
  name,
  code,
  capsule: () => ({ name: ATTACKER, component: guestComponent(made) }),
  run,
  ...(short && { short: true }),
});

/** The installation itself is what does not go well. */
async function atInstall(watched: Watched, folder: string): Promise<Ending> {
  const answer = await offer(watched.desktop, folder);
  await removeCapsule(watched.desktop, ATTACKER);
  return failureOf(answer);
}

/** A person cancels it. */
async function cancelInstall(watched: Watched, folder: string): Promise<Ending> {
  const { page } = watched.desktop;
  const answer = await offer(watched.desktop, folder, (token) => request(page, 'install.cancel', { token }));
  await removeCapsule(watched.desktop, ATTACKER);
  return failureOf(answer);
}

attempts('2 guest', [
  guest('executes what may not be reached', 'guest-trapped', { hook: '(unreachable)' }, attack, 'short'),
  guest('reads beyond its memory', 'guest-trapped', { hook: '(i32.load (i32.const -1))' }, attack, 'short'),
  guest('divides by zero', 'guest-trapped', { hook: '(i32.div_u (i32.const 1) (i32.const 0))' }),
  guest('reads past its memory', 'guest-trapped', { hook: '(i32.load (i32.const -4))' }),
  guest('calls itself without end', 'guest-trapped', {
    hook: '(call $deeper (i32.const 0))',
    more: '(func $deeper (param i32) (result i32) (i32.add (call $deeper (local.get 0)) (i32.const 1)))',
  }),
  guest('never returns', 'invocation-cancelled', { hook: FOREVER + CONTINUE }, installed(cancelled), 'short'),
  guest(
    'sleeps as long as it may',
    'invocation-cancelled',
    {
      hook: `(call $sleep-ns (i64.const 60000000000) (i32.const 2048)) ${CONTINUE}`,
    },
    installed(cancelled),
  ),
  guest(
    'sleeps again whenever it is told to stop',
    'invocation-cancelled',
    {
      hook: `(loop $again (call $sleep-ns (i64.const 60000000000) (i32.const 2048)) (br $again)) ${CONTINUE}`,
    },
    installed(cancelled),
  ),
  guest('grows its memory without end', 'guest-out-of-memory', { hook: GROW }, attack, 'short'),
  guest('starts with more memory than there may be', 'guest-refused-to-start', { pages: 60_000 }, atInstall),
  guest(
    'has a table of ten million',
    'guest-refused-to-start',
    { more: '(table 10000000 funcref)' },
    atInstall,
    'short',
  ),
  guest('grows a table without end', 'guest-trapped', {
    more: '(table $t 1 funcref)',
    hook: '(loop $more (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 65536)) (i32.const -1)))) (unreachable)',
  }),
  guest('has forty memories', 'component-unusable', { more: '(memory 1) '.repeat(40) }, atInstall),
  guest(
    'hands over Latin-1',
    'component-unsupported',
    {
      encoding: 'latin1+utf16',
      hook: `(call $log (i32.const 2) (i32.const 0) (i32.const 5)) ${CONTINUE}`,
    },
    atInstall,
  ),
  guest('hands over half a surrogate in UTF-16', 'guest-trapped', {
    encoding: 'utf16',
    hook: `(i32.store (i32.const 2048) (i32.const 0xd800d800)) (call $log (i32.const 2) (i32.const 2048) (i32.const 2)) ${CONTINUE}`,
  }),
  guest('answers in bytes that are no UTF-8', 'guest-trapped', {
    hook: `(i32.store (i32.const ${FREE}) (i32.const 0xfffefdfc)) (i32.store (i32.const ${RESULT}) (i32.const ${FREE})) ${CONTINUE}`,
  }),
  guest('answers with half a surrogate', 'guest-trapped', {
    hook: `(i32.store (i32.const ${FREE}) (i32.const 0x80a0ed)) (i32.store (i32.const ${RESULT}) (i32.const ${FREE})) (i32.store (i32.const ${RESULT + 4}) (i32.const 3)) ${CONTINUE}`,
  }),
  guest('answers from outside of its memory', 'guest-trapped', { hook: '(i32.const 0x7ffffff0)' }),
  guest('answers at an odd place', 'guest-trapped', { hook: '(i32.const 1025)' }),
  guest('answers with a text of two gigabytes', 'guest-trapped', {
    hook: `(i32.store (i32.const ${RESULT + 4}) (i32.const 0x7fffffff)) ${CONTINUE}`,
  }),
  guest('answers with a case that is none', 'guest-trapped', {
    hook: `(i32.store (i32.const ${RESULT + 8}) (i32.const 77)) ${CONTINUE}`,
  }),
  guest('gives the host memory that it has not', 'guest-trapped', { realloc: '(i32.const 0x7fffff00)' }),
  guest('traps while the host asks for memory', 'guest-trapped', { realloc: '(unreachable)' }),
  guest(
    'loops while the host asks for memory',
    'invocation-cancelled',
    { realloc: FOREVER + '(i32.const 0)' },
    installed(cancelled),
  ),
  guest('traps as it is installed', 'guest-trapped', { install: '(unreachable)' }, atInstall),
  guest('never ends being installed', 'install-cancelled', { install: FOREVER }, cancelInstall, 'short'),
  guest(
    'never ends its start',
    'install-cancelled',
    { more: `(func $s ${FOREVER}) (start $s)`, install: '' },
    cancelInstall,
  ),
  guest('traps in its start', 'guest-refused-to-start', { more: '(func $s (unreachable)) (start $s)' }),
  guest(
    'runs in a loop that traps',
    'restarting',
    { run: '(unreachable)' },
    installed((watched, id) => stateOf(watched, id, 'restarting')),
  ),
]);
