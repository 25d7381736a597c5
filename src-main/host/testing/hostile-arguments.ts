const MIB = 1_024 * 1_024;
const LONG = 'x'.repeat(16 * MIB);
const MANY = 20_000;
/** The packages whose request is a record; what is called `spawn` elsewhere takes other things. */
const PROCESS = /^astrid:process\/host@/;

/** Where the handles for the methods come from: `process` is one that runs, `pollable` one that is ready. */
export interface HandlesForArguments {
  readonly process: (pkg: string) => Promise<unknown>;
  readonly subscription: () => Promise<unknown>;
  readonly pollable: () => Promise<unknown>;
}

/**
 * What makes the function do as much as a guest can make it do.
 *
 * @param name `package/interface@version#function`
 */
export async function hostileArguments(
  name: string,
  handles: HandlesForArguments,
): Promise<readonly unknown[]> {
  const [pkg = '', method = ''] = name.split('#');
  if (method.startsWith('spawn')) {
    return [PROCESS.test(pkg) ? largeRequest : LONG];
  }
  if (method.startsWith('[method]process-handle.')) {
    const handle = await handles.process(pkg);
    return [handle, method.endsWith('signal') ? 'cont' : method.endsWith('stdin') ? new Uint8Array(MIB) : 1n];
  }
  if (method.startsWith('[method]subscription.')) {
    return [await handles.subscription(), 1n];
  }
  if (method.startsWith('[method]pollable.')) {
    return [await handles.pollable()];
  }
  if (method === 'poll') {
    const pollable = await handles.pollable();
    return [Array.from({ length: 256 }, () => pollable)];
  }
  return perFunction[method] ?? [LONG, LONG, LONG];
}

const perFunction: Readonly<Record<string, readonly unknown[]>> = {
  'status-many': [Array.from({ length: MANY }, (_, n) => `${n}`.padStart(52, 'a'))],
  'read-since': [LONG, 'stdout', { token: LONG }, 0xffff_ffff],
  'write-stdin': [LONG, new Uint8Array(MIB)],
  wait: [LONG, 1n],
  stop: [LONG, 1n],
  signal: [LONG, 'cont'],
  log: ['info', LONG],
  'random-bytes': [BigInt(MIB)],
  'sleep-ns': [1n],
  'check-capsule-capability': [{ sourceUuid: LONG, capability: LONG }],
};

/** As large as it may be: 480 KiB of arguments, 256 variables, 16 MiB of files, 4 MiB of input. */
const largeRequest = {
  cmd: 'true',
  args: Array.from({ length: 4_000 }, () => 'x'.repeat(120)),
  env: Array.from({ length: 256 }, (_, n) => ({ key: `V${n}`, value: 'x'.repeat(1_000) })),
  fileInjections: Array.from({ length: 16 }, (_, n) => ({
    content: new Uint8Array(MIB),
    placement: { tag: 'env-pointer', val: `F${n}` },
  })),
  stdin: new Uint8Array(4 * MIB),
};

const P11 = 'astrid:process/host@1.1.0';
const spawnWith = (more: object): TooLarge => [
  `${P11}#spawn`,
  [{ cmd: 'true', args: [], env: [], fileInjections: [], ...more }],
];

/** As many files as there may be, at the longest paths that there may be, which differ only at their ends. */
export const longestPaths: readonly unknown[] = [
  {
    cmd: 'true',
    args: [],
    env: [],
    fileInjections: Array.from({ length: 128 }, (_, n) => ({
      content: new Uint8Array(),
      placement: { tag: 'fixed-path', val: `${`/${'a'.repeat(250)}`.repeat(16)}/${n}` },
    })),
  },
];

type TooLarge = readonly [name: string, args: readonly unknown[]];

/**
 * What no honest guest sends: far over a limit, in the shape that is dearest to take apart. Made when it is asked for: a
 * process that holds it all starts programs more slowly.
 */
export const tooLarge: Readonly<Record<string, () => TooLarge>> = {
  'folders in folders': () => spawnWith({ cwd: 'a/'.repeat(4 * MIB) }),
  'a million arguments': () => spawnWith({ args: Array.from({ length: MIB }, () => 'x') }),
  'control characters as an argument': () => spawnWith({ args: ['\u0001'.repeat(8 * MIB)] }),
  'a name of a variable without end': () => spawnWith({ env: [{ key: LONG, value: '' }] }),
  'half a million files': () =>
    spawnWith({
      fileInjections: Array.from({ length: MIB / 2 }, () => ({
        content: new Uint8Array(),
        placement: { tag: 'env-pointer', val: 'F' },
      })),
    }),
  'a path without end': () =>
    spawnWith({
      fileInjections: [
        { content: new Uint8Array(), placement: { tag: 'fixed-path', val: '/a'.repeat(4 * MIB) } },
      ],
    }),
  'a million ids': () => [
    `${P11}#status-many`,
    [Array.from({ length: MIB }, (_, n) => `${n}`.padStart(52, 'a'))],
  ],
  'a pattern without end': () => ['astrid:ipc/host@1.0.0#subscribe', ['a.'.repeat(8 * MIB)]],
};
