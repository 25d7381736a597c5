import { attempts, type Row } from '../support/hostile-test.ts';
import { offer, removeCapsule } from '../support/offer.ts';
import { endingOf, type Ending, type Watched } from '../support/under-watch.ts';

const ATTACKER = 'attacker';

/** A component that could run, with more in front of it. */
const running = (text: string): string => `(component ${text}
  (core module $runs (func (export "r"))) (core instance $runs (instantiate $runs))
  (func $run (canon lift (core func $runs "r"))) (export "run" (func $run)))`;

/** What stands in a component whose one core function has a name that becomes part of a script, if nobody looks. */
const named = (name: string): string => `(core module $m (func (export "${name}")))
  (core instance $i (instantiate $m)) (func $f (canon lift (core func $i "${name}"))) (export "run" (func $f))`;

/** Script behind the end of a string, which writes into the operator's folder. */
const script = (folder: string): string =>
  `x'];try{TextEncoder.constructor('return process')().getBuiltinModule('node:fs').writeFileSync('${folder}/mark','')}catch{};//`;

const importing = (name: string, text: string): string => running(`(import "${name}" (instance ${text}))`);
const SYS = 'astrid:sys/host@1.0.0';
const logWith = (level: string, more = ''): string =>
  importing(SYS, `${more} (export "log" (func (param "level" ${level}) (param "message" string)))`);

const listsInLists = (depth: number): string =>
  Array.from({ length: depth }, (_, at) => `(type $t${at + 1} (list $t${at}))`).join(' ');

/** Each level has the one below twice. */
function doubling(levels: number): string {
  const level = (index: number): string =>
    index === 0
      ? '(component $l0 (core module $m) (core instance (instantiate $m)))'
      : `(component $l${index} ${level(index - 1)} (instance (instantiate $l${index - 1})) (instance (instantiate $l${index - 1})))`;
  return running(`${level(levels)} (instance (instantiate $l${levels}))`);
}

const HEAD = [0, 0x61, 0x73, 0x6d];
/** Version and layer. */
const COMPONENT = [...HEAD, 0x0d, 0, 1, 0];
const MODULE = [...HEAD, 1, 0, 0, 0];
/** The largest number of 32 bits, as it stands in a binary. */
const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];

/** LEB128, as numbers stand in a binary. */
const leb = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];
const bytes = (length: number): number[] => Array.from({ length }, (_, at) => (at * 167 + 13) % 256);

/** A component with one core module, whose functions have 50,000 local variables each. */
function manyLocals(functions: number): Uint8Array {
  const body = [1, ...leb(50_000), 0x7e, 0x0b];
  const each = (what: readonly number[]): number[] => [
    ...leb(functions),
    ...Array.from({ length: functions }, () => what).flat(),
  ];
  const types = section(1, [1, 0x60, 0, 0]);
  const code = section(10, each([...leb(body.length), ...body]));
  return Uint8Array.from([
    ...COMPONENT,
    ...section(1, [...MODULE, ...types, ...section(3, each([0])), ...code]),
  ]);
}

async function open({ desktop }: Watched, folder: string): Promise<Ending> {
  const answer = await offer(desktop, folder);
  await removeCapsule(desktop, ATTACKER);
  return answer.ok ? { code: 'installed', words: answer.value.state } : endingOf(answer.error);
}

/** A row that opens a capsule with this component; its code without `component-`. */
const refused = (
  name: string,
  code: string,
  made: string | readonly number[] | ((watched: Watched) => string),
  short?: 'short',
): Row => ({
  name,
  code: code.replaceAll(/[^|]+/g, 'component-$&'),
  capsule: (watched) => ({ name: ATTACKER, component: componentOf(made, watched) }),
  run: open,
  ...(short && { short: true }),
});

function componentOf(
  made: string | readonly number[] | ((watched: Watched) => string),
  watched: Watched,
): string | Uint8Array {
  if (typeof made === 'function') {
    return made(watched);
  }
  return typeof made === 'string' ? made : Uint8Array.from(made);
}

attempts('1 component', [
  refused(
    'a core export is a script that leaves its string',
    'bad-name',
    ({ decoy }) => `(component ${named(script(decoy))})`,
    'short',
  ),
  refused('the same in a component inside', 'bad-name', ({ decoy }) =>
    running(`(component ${named(script(decoy))})`),
  ),
  refused('a core export ends a template', 'bad-name', `(component ${named('`${process.exit()}`')})`),
  refused('a core export turns the reading order', 'bad-name', `(component ${named('run\\u{202e}nur')})`),
  refused('a core export has a line of its own', 'bad-name', `(component ${named('run\\n//')})`),
  refused('a core import is a script', 'bad-name', ({ decoy }) =>
    running(`(core module (import "${script(decoy)}" "f" (func)))`),
  ),
  refused(
    'imports WASI',
    'unknown-import',
    importing('wasi:filesystem/preopens@0.2.3', '(export "get-directories" (func))'),
    'short',
  ),
  refused(
    'imports a function that is not there',
    'unknown-import',
    importing('astrid:process/host@1.0.0', '(export "spawn-as-root" (func))'),
  ),
  refused(
    'imports a package of its own',
    'unknown-import',
    importing('acme:tools/all@1.0.0', '(export "all" (func))'),
  ),
  refused(
    'imports the name of a prototype',
    'unknown-import',
    importing('constructor', '(export "name" (func))'),
  ),
  refused('exports nothing', 'no-export', '(component)'),
  refused('hands over text for a level', 'wrong-type', logWith('string')),
  refused('hands over a list for a level', 'wrong-type', logWith('(list bool)')),
  refused(
    'has the names of an enum in an order of its own',
    'wrong-type',
    logWith(
      '$l',
      '(type $level (enum "debug" "trace" "info" "warn" "error")) (export "log-level" (type $l (eq $level)))',
    ),
  ),
  refused(
    'hands over a number of another size',
    'wrong-type',
    importing(SYS, '(export "sleep-ns" (func (param "duration-ns" s64)))'),
  ),
  refused('calls without waiting', 'wrong-type', importing(SYS, '(export "signal-ready" (func async))')),
  refused('is no WebAssembly', 'not-wasm', bytes(4_096)),
  refused('is empty', 'not-wasm|truncated', []),
  refused('is a core module', 'core-module', MODULE),
  refused('ends in its head', 'truncated|not-wasm', COMPONENT.slice(0, 6)),
  refused('has a section of four gigabytes', 'truncated|malformed', [...COMPONENT, 1, ...HUGE]),
  refused('has four billion imports', 'truncated|malformed|too-large', [...COMPONENT, ...section(10, HUGE)]),
  refused('has sections of random bytes', 'truncated|malformed|unsupported', [...COMPONENT, ...bytes(2_000)]),
  refused(
    'has sixty components in each other',
    'malformed|too-large|unsupported',
    running(`${'(component '.repeat(60)}${')'.repeat(60)}`),
  ),
  refused(
    'has two hundred lists in each other',
    'malformed|too-large|unsupported',
    running(`(type $t0 u8) ${listsInLists(200)}`),
  ),
  refused('has instances that double twenty times', 'too-large|unsupported', doubling(20), 'short'),
  refused(
    'has types of a garbage collector',
    'unsupported',
    running('(core module (type (struct (field i32))))'),
  ),
  refused('has five million local variables', 'too-large', [...manyLocals(101)]),
  refused('has too many core functions', 'too-large', running(`(core module ${'(func) '.repeat(200_001)})`)),
  refused(
    'has too many core types',
    'too-large',
    running(`(core module ${'(type (func)) '.repeat(50_001)})`),
  ),
  refused(
    'has too many globals',
    'too-large',
    running(`(core module ${'(global i32 (i32.const 0)) '.repeat(100_001)})`),
  ),
]);
