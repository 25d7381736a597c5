import { CONTINUE, FREE, guestComponent, RESULT, type Guest } from '../support/forged-guest.ts';
import { attempts, type Row } from '../support/hostile-test.ts';
import { ATTACKER, cancelled, installed, invocation } from '../support/invocation.ts';

const MIB = 1024 ** 2;
/** Memory of 40 MiB, most of it handed over. A guest that has nearly as much as it may is told that it is full. */
const PAGES = 640;
const MOST_BYTES = 38 * MIB;
/** Bytes of a payload of the window: 1 MiB at most, with its braces. */
const MANY = 300_000;

const attack = installed((watched, id) => invocation(watched, id, 'attack'));

/** Hands over something, or asks for something, in its hook. */
const lowering = (
  name: string,
  code: string,
  hook: string,
  { run = attack, short, ...made }: Omit<Guest, 'run'> & Partial<Pick<Row, 'short' | 'run'>> = {},
): Row => ({
  name,
  code,
  capsule: () => ({
    name: ATTACKER,
    component: guestComponent({ pages: PAGES, ...made, hook: `${hook} ${CONTINUE}` }),
  }),
  run,
  ...(short && { short }),
});

/** Calls one host function with these arguments through the test guest, which says how it ended. */
const calling = (name: string, code: string | RegExp, call: string, args: readonly unknown[]): Row => ({
  name,
  code,
  capsule: () => ({
    name: ATTACKER,
    component: 'probe',
    capabilities: ['host_process = ["true"]', 'allow_persistent = true'],
  }),
  run: installed(async (watched, id) => {
    const ending = await invocation(watched, id, call, { args });
    return ending.code === 'ok' ? answerOf(ending.words) : ending;
  }),
});

/** What the host told the guest, as a code and the whole answer. */
function answerOf(words: string): { readonly code: string; readonly words: string } {
  const answer = JSON.parse(words.slice(words.indexOf('{'))) as { err?: { tag?: string } | string };
  const { err } = answer;
  return { code: (typeof err === 'object' ? err.tag : err) ?? 'ok', words: words.slice(0, 400) };
}

const fill = `(memory.fill (i32.const ${FREE}) (i32.const 65) (i32.const ${MOST_BYTES}))`;
const log = (level: number, at: number, length: number): string =>
  `(call $log (i32.const ${level}) (i32.const ${at}) (i32.const ${length}))`;
const answer = (text: number, length: number): string =>
  `(i32.store (i32.const ${RESULT}) (i32.const ${text})) (i32.store (i32.const ${RESULT + 4}) (i32.const ${length}))`;
const data = (text: number, length: number): string =>
  `(i32.store (i32.const ${RESULT + 8}) (i32.const 1)) (i32.store (i32.const ${RESULT + 12}) (i32.const ${text})) (i32.store (i32.const ${RESULT + 16}) (i32.const ${length}))`;

/** Where an answer of the host is put; it traps when that is an error. */
const ANSWER = 2_048;
const mustSucceed = `(if (i32.load8_u (i32.const ${ANSWER})) (then (unreachable)))`;
const random = (length: string, place = ANSWER): string =>
  `(call $random-bytes (i64.const ${length}) (i32.const ${place}))`;
const config = (at: number, length: number): string =>
  `(call $get-config (i32.const ${at}) (i32.const ${length}) (i32.const ${ANSWER}))`;
const forever = (what: string): string => `(loop $more ${what} (br $more))`;

attempts('3 codec', [
  lowering('a line of 38 MiB', 'guest-trapped', fill + log(2, FREE, MOST_BYTES), { short: true }),
  lowering('a line of 5 MiB', 'guest-trapped', fill + log(2, FREE, 5 * MIB)),
  lowering('lines of 3 MiB without end', 'invocation-cancelled', fill + forever(log(2, FREE, 3 * MIB)), {
    run: installed(cancelled),
  }),
  lowering('lines without end', 'invocation-cancelled', forever(log(2, 0, 8)), { run: installed(cancelled) }),
  lowering('questions without end', 'invocation-cancelled', forever(config(0, 8)), {
    run: installed(cancelled),
  }),
  lowering('a line of two gigabytes', 'guest-trapped', log(2, FREE, 0x7fff0000)),
  lowering('a line of a length below zero', 'guest-trapped', log(2, FREE, -1)),
  lowering('a line that ends past the memory', 'guest-trapped', log(2, PAGES * 65_536 - 4, 8)),
  lowering(
    'a line that is no UTF-8',
    'guest-trapped',
    `(i32.store (i32.const ${FREE}) (i32.const -1)) ${log(2, FREE, 4)}`,
  ),
  lowering('a level that is none', 'guest-trapped', log(200, 0, 8)),
  lowering('a level below zero', 'guest-trapped', log(-1, 0, 8)),
  lowering('a key of 38 MiB', 'guest-trapped', fill + config(FREE, MOST_BYTES)),
  lowering(
    'more random bytes than there is memory',
    'guest-trapped',
    random('0x7fffffffffffffff') + mustSucceed,
  ),
  lowering('random bytes into memory that is not there', 'guest-trapped', random('4096') + mustSucceed, {
    realloc: `(if (result i32) (i32.eq (local.get 3) (i32.const 4096)) (then (i32.const 0x7ffffff0)) (else (i32.const ${FREE})))`,
  }),
  lowering('a place for the answer past the memory', 'guest-trapped', random('8', 0x7ffffff8)),
  lowering('an answer of 38 MiB', 'guest-trapped', fill + answer(FREE, MOST_BYTES)),
  lowering('data of 38 MiB', 'guest-trapped', fill + data(FREE, MOST_BYTES), { short: true }),
  lowering('data of 17 MiB', 'guest-trapped', fill + data(FREE, 17 * MIB)),
  calling('three hundred thousand ids', 'guest-trapped', 'process.statusMany', [many('')]),
  calling('three hundred thousand arguments', 'guest-trapped', 'process.spawn', [
    program({ args: many('') }),
  ]),
  calling('forty thousand variables', 'guest-trapped', 'process.spawn', [
    program({ env: many({ key: '', value: '' }, 40_000) }),
  ]),
  calling('an argument of 8 MiB', 'guest-trapped', 'process.spawn', [
    program({ args: [{ $letters: 8 * MIB }] }),
  ]),
  calling('an argument of 3 MiB', 'too-large', 'process.spawn', [program({ args: [{ $letters: 3 * MIB }] })]),
  calling('thirty thousand arguments', 'too-large', 'process.spawn', [program({ args: many('', 30_000) })]),
  calling('a topic of 3 MiB', 'invalid-input', 'ipc.subscribe', [{ $letters: 3 * MIB }]),
  calling('an id of 8 MiB', 'guest-trapped', 'process.stop', [{ $letters: 8 * MIB }]),
  calling('input of 20 MiB', 'no-such-process', 'process.writeStdin', [
    'x',
    { $repeat: 'x', count: 20 * MIB },
  ]),
]);

function many<Value>(value: Value, count = MANY): Value[] {
  return Array.from({ length: count }, () => value);
}

function program(more: object): object {
  return { cmd: 'true', args: [], env: [], ...more };
}
