import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  askedInstead,
  handoverOf,
  joinedHandover,
  receivedHandover,
  requestsSafeMode,
  restartLine,
  shorterCommandLine,
} from './command-line.ts';
import { MAX_HANDOVER_BYTES, MAX_OPERAND_CHARACTERS, MAX_TARGETS } from '../constants.ts';

const program = '/opt/Capsule Desktop/capsule-desktop';

describe('the operands of a command line', () => {
  it.each<[string, string[], string[]]>([
    ['none', [], []],
    ['one', ['a.capsule'], ['a.capsule']],
    ['those between flags', ['--no-sandbox', 'a', '--x=y', 'b'], ['a', 'b']],
    [
      'all after --, whatever they begin with',
      ['--x', 'a', '--', '-b', '--version'],
      ['a', '-b', '--version'],
    ],
    ['no empty ones', ['', 'a'], ['a']],
    ['no single dash', ['-'], []],
  ])('are %s', (_what, given, operands) => {
    expect(handoverOf([program, ...given], '/work', null)).toEqual({ folder: '/work', operands, cut: false });
  });

  it.each([
    ['.', '/src/app'],
    ['/src/app', '/'],
    ['../app/', '/src/app'],
  ])('leave out the folder of sources that Electron was started with as %s', (given, folder) => {
    const argv = ['electron', '--inspect=0', given, 'x.capsule', '/src/app'];
    expect(handoverOf(argv, folder, '/src/app').operands).toEqual(['x.capsule', '/src/app']);
  });

  it('are bounded in number and length, and say so', () => {
    const many = handoverOf([program, ...Array<string>(MAX_TARGETS + 1).fill('x')], '/', null);
    expect([many.operands.length, many.cut]).toEqual([MAX_TARGETS, true]);
    const [long] = handoverOf([program, 'x'.repeat(100_000)], '/', null).operands;
    expect(long?.length).toBe(MAX_OPERAND_CHARACTERS + 1);
  });
});

describe('a hand-over', () => {
  it('arrives as it was sent', () => {
    const argv = fc.array(fc.string(), { maxLength: 30 });
    fc.assert(
      fc.property(argv, fc.string(), (given, folder) => {
        const sent = handoverOf([program, ...given], folder, null);
        expect(receivedHandover(structuredClone({ ...sent }))).toEqual(sent);
      }),
    );
  });

  it.each([[null], [undefined], [4], ['x'], [[]], [{}], [{ folder: 1, operands: [] }], [{ folder: '/' }]])(
    '%j is none',
    (data) => {
      expect(receivedHandover(data)).toBeNull();
    },
  );

  it('with strangers in its list keeps the strings and says that there was more', () => {
    expect(receivedHandover({ folder: '/', operands: ['a', 1, {}], cut: 'no' })).toEqual({
      folder: '/',
      operands: ['a'],
      cut: true,
    });
  });
});

describe('a command line that is too long to hand over', () => {
  const size = (line: readonly string[]): number =>
    line.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

  it('is left alone when it is not', () => {
    const argv = [program, '--no-sandbox', 'a.capsule'];
    expect(shorterCommandLine(argv, handoverOf(argv, '/', null), null)).toBeNull();
  });

  it('keeps what fits, its flags and the folder of sources, and says once that there was more', () => {
    const paths = Array.from({ length: 40 }, (_x, index) => `/${index}/${'p'.repeat(1_000)}.capsule`);
    const argv = [program, '--no-sandbox', '/src', ...paths];
    const shorter = shorterCommandLine(argv, handoverOf(argv, '/', '/src'), '/src') ?? [];
    expect(shorter.slice(0, 3)).toEqual(['--no-sandbox', '--more-was-given', '/src']);
    const again = handoverOf([program, ...shorter], '/', '/src');
    expect(again.cut).toBe(true);
    expect(again.operands.length).toBeGreaterThan(4);
    expect(again.operands).toEqual(paths.slice(0, again.operands.length));
  });

  it('always ends at one that fits', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((part) => part.repeat(200));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), fc.array(text, { maxLength: 9 }), (operands, values) => {
        const argv = [program, ...values.map((value) => `--x=${value}`), ...operands];
        const shorter = shorterCommandLine(argv, handoverOf(argv, '/', null), null);
        if (shorter !== null) {
          const next = [program, ...shorter];
          expect(size(next)).toBeLessThan(MAX_HANDOVER_BYTES);
          expect(shorterCommandLine(next, handoverOf(next, '/', null), null)).toBeNull();
        }
      }),
    );
  });
});

describe('the command line of a start for hand-overs that came too late', () => {
  const late = (operands: readonly string[], cut = false) => ({ folder: '/', operands, cut });

  it('has all of them in their order and says when one of them was cut', () => {
    const one = joinedHandover(null, late(['/a', '/b']));
    expect(one).toEqual(late(['/a', '/b']));
    expect(joinedHandover(one, late([]))).toEqual(one);
    expect(joinedHandover(one, late(['/c'], true))).toEqual(late(['/a', '/b', '/c'], true));
    const many = joinedHandover(one, late(Array<string>(MAX_TARGETS).fill('/x')));
    expect([many.operands.length, many.cut]).toEqual([MAX_TARGETS, true]);
  });

  it.each<[string, string[], ReturnType<typeof late>, string | null, string[]]>([
    ['keeps flags', ['--x=y', 'a', '--', 'b'], late(['/c']), null, ['--x=y', '--', '/c']],
    ['names the folder of sources', ['/src', 'a'], late(['/c']), '/src', ['/src', '--', '/c']],
    ['opens only the window', ['a'], late([]), null, ['--']],
    ['says once that there was more', ['--more-was-given'], late([], true), null, ['--more-was-given', '--']],
    ['forgets what our own start left out', ['--more-was-given'], late(['/c']), null, ['--', '/c']],
  ])('%s', (_what, given, handover, appFolder, line) => {
    expect(restartLine([program, ...given], handover, appFolder)).toEqual(line);
  });

  it('can be handed over again and asks for the same, or says that there was more', () => {
    const operand = fc.string({ unit: 'grapheme', maxLength: 40 }).map((part) => `/${part.repeat(200)}`);
    fc.assert(
      fc.property(fc.array(operand, { maxLength: MAX_TARGETS }), (operands) => {
        const next = [program, ...restartLine([program, '--x'], late(operands), null)];
        const again = handoverOf(next, '/', null);
        expect(shorterCommandLine(next, again, null)).toBeNull();
        expect(again.operands).toEqual(operands.slice(0, again.operands.length));
        expect(again.cut || again.operands.length === operands.length).toBe(true);
      }),
    );
  });
});

describe('safe mode', () => {
  it.each([
    [['--safe-mode'], true],
    [['/src', '--safe-mode', 'a.capsule'], true],
    [['--', '--safe-mode'], false],
    [['--safe-mode=no'], false],
    [['safe-mode'], false],
    [[], false],
  ] as const)('by %j is requested: %s', (given, requested) => {
    expect(requestsSafeMode([program, ...given])).toBe(requested);
  });

  it('is kept by a restart unless that is to be a normal one', () => {
    const argv = [program, '--safe-mode', '--no-sandbox', '/src'];
    const nothing = { folder: '/', operands: [], cut: false };
    expect(restartLine(argv, nothing, '/src')).toEqual(['--safe-mode', '--no-sandbox', '/src', '--']);
    expect(restartLine(argv, nothing, '/src', '--safe-mode')).toEqual(['--no-sandbox', '/src', '--']);
  });
});

describe('what is asked of the program itself', () => {
  it.each([
    [['--version'], 'version'],
    [['/src', '--no-sandbox', '--version'], 'version'],
    [['--help', '--version'], 'help'],
    [['-h'], 'help'],
    [['--', '--version'], null],
    [['version'], null],
    [[], null],
  ] as const)('by %j is %s', (given, asked) => {
    expect(askedInstead([program, ...given])).toBe(asked);
  });
});
