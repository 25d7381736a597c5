import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_OPERAND_CHARACTERS, MAX_PATH_CHARACTERS } from '../constants.ts';
import { openTarget, openTargets, wholeOperand, type OpenErrorCode } from './open-targets.ts';

const archive = (path: string) => ({ kind: 'archive', path }) as const;
const folder = (path: string) => ({ kind: 'folder', path }) as const;

describe('what can be opened', () => {
  it.each([
    ['x.capsule', archive('/home/me/x.capsule')],
    ['../you/X.CAPSULE', archive('/home/you/X.CAPSULE')],
    ['/a b/ü.capsule', archive('/a b/ü.capsule')],
    ['./my-capsule', folder('/home/me/my-capsule')],
    ['/', folder('/')],
    ['./a:b.capsule', archive('/home/me/a:b.capsule')],
    ['backup:v1.capsule', archive('/home/me/backup:v1.capsule')],
    ['2026-11-27T10:00.capsule', archive('/home/me/2026-11-27T10:00.capsule')],
    ['old:copies/x.capsule', archive('/home/me/old:copies/x.capsule')],
    ['my:folder', folder('/home/me/my:folder')],
    ['http:x.capsule', archive('/home/me/http:x.capsule')],
    ['file:x.capsule', archive('/home/me/file:x.capsule')],
    ['file:/x.capsule', archive('/x.capsule')],
    ['file:///a%20b/x.capsule', archive('/a b/x.capsule')],
    ['file:///srv/my-capsule', folder('/srv/my-capsule')],
    ['FILE:///x.capsule', archive('/x.capsule')],
    ['capsule:install?file=/a/x.capsule', archive('/a/x.capsule')],
    ['capsule:install?file=%2Fa%20b%2Fx+y%26.capsule', archive('/a b/x+y&.capsule')],
    ['capsule://install?file=%2Fa%2Fx.capsule', archive('/a/x.capsule')],
    ['CAPSULE://install/?file=%2Fa%2F..%2Fx.capsule', archive('/x.capsule')],
  ])('is %s', (operand, target) => {
    expect(openTarget(operand, '/home/me', 'linux')).toEqual(target);
  });

  it.each([
    ['C:\\a\\x.capsule', archive('C:\\a\\x.capsule')],
    ['x.capsule', archive('D:\\me\\x.capsule')],
    ['file:///C:/a%20b/x.capsule', archive('C:\\a b\\x.capsule')],
    ['\\\\server\\share\\x.capsule', archive('\\\\server\\share\\x.capsule')],
    ['capsule:install?file=C%3A%5Ca%5Cx.capsule', archive('C:\\a\\x.capsule')],
  ])('is %s on Windows', (operand, target) => {
    expect(openTarget(operand, 'D:\\me', 'win32')).toEqual(target);
  });
});

describe('what cannot be opened', () => {
  it.each<[string, OpenErrorCode]>([
    ['https://example.org/x.capsule', 'open-remote'],
    ['ftp://example.org/x.capsule', 'open-remote'],
    ['capsule:install?file=https%3A%2F%2Fexample.org%2Fx.capsule', 'open-remote'],
    ['capsule:install?file=https://example.org/x.capsule', 'open-remote'],
    ['capsule:install?url=https://example.org/x.capsule', 'open-bad-link'],
    ['capsule:install?file=x.capsule', 'open-bad-link'],
    ['capsule:install?file=file%3A%2F%2F%2Fx.capsule', 'open-bad-link'],
    ['capsule:install?file=%2Fa-folder', 'open-bad-link'],
    ['capsule:install?file=', 'open-bad-link'],
    ['capsule:install?file=%', 'open-bad-link'],
    ['capsule:install?file=%ff.capsule', 'open-bad-link'],
    ['capsule:install?file=%2Fx.capsule&grant=all', 'open-bad-link'],
    ['capsule:install?file=%2Fx.capsule#now', 'open-bad-link'],
    ['capsule:run?file=%2Fx.capsule', 'open-bad-link'],
    ['capsule://evil/install?file=%2Fx.capsule', 'open-bad-link'],
    ['capsule:', 'open-bad-link'],
    ['capsule:install?file=%2Fa%0Ab.capsule', 'open-control-characters'],
    ['capsule:install?file=%2Fa%00.capsule', 'open-control-characters'],
    ['a\u001b[2J.capsule', 'open-control-characters'],
    ['file:///a%00.capsule', 'open-control-characters'],
    ['file://server/x.capsule', 'open-bad-file-url'],
    ['file:///a%2Fb.capsule', 'open-bad-file-url'],
    ['gopher://example.org/x.capsule', 'open-unknown-link'],
    ['HTTPS://example.org/x.capsule', 'open-remote'],
    ['capsule:backup.capsule', 'open-bad-link'],
    [`/${'x'.repeat(MAX_PATH_CHARACTERS)}.capsule`, 'open-too-long'],
    [`capsule:install?file=${'%20'.repeat(MAX_OPERAND_CHARACTERS)}`, 'open-too-long'],
  ])('%s is refused', (operand, code) => {
    const target = openTarget(operand, '/home/me', 'linux');
    expect(target).toMatchObject({ kind: 'refused', failure: { code } });
    expect(target.kind === 'refused' && target.failure.message !== '' && target.failure.hint).toBeTruthy();
  });

  it('a link does not lead to a share of another Windows machine', () => {
    const link = 'capsule:install?file=%5C%5Cserver%5Cshare%5Cx.capsule';
    expect(openTarget(link, 'C:\\', 'win32')).toMatchObject({ failure: { code: 'open-remote' } });
  });

  it('what was cut off is said at the end', () => {
    const targets = openTargets({ folder: '/', operands: ['x.capsule'], cut: true }, 'linux');
    expect(targets).toEqual([
      archive('/x.capsule'),
      expect.objectContaining({ failure: expect.objectContaining({ code: 'open-too-many' }) }),
    ]);
  });
});

describe('whatever is given', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.string({ unit: 'binary' }).map((rest) => `capsule:${rest}`),
    fc.string({ unit: 'binary' }).map((rest) => `capsule:install?file=${rest}.capsule`),
    fc.string({ unit: 'binary' }).map((rest) => `capsule://install/?file=%2F${rest}.capsule`),
    fc.string({ unit: 'binary' }).map((rest) => `file://${rest}`),
  );

  it('comes out as an absolute, plain, bounded path or as a refusal with words', () => {
    fc.assert(
      fc.property(text, (operand) => {
        const target = openTarget(operand, '/home/me', 'linux');
        if (target.kind === 'refused') {
          expect(target.failure.message).not.toBe('');
        } else {
          expect(posix.resolve(target.path)).toBe(target.path);
          expect(target.path).not.toMatch(/\p{Cc}/u);
          expect(target.path.length).toBeLessThanOrEqual(MAX_PATH_CHARACTERS);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('a link that was made for a path leads to it', () => {
    const path = fc
      .array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((part) => !/[\p{Cc}/]/u.test(part)))
      .map((parts) => posix.resolve('/', ...parts, 'x.capsule'));
    fc.assert(
      fc.property(
        path,
        fc.constantFrom('capsule:install', 'capsule://install', 'capsule://install/'),
        (to, at) => {
          expect(openTarget(`${at}?file=${encodeURIComponent(to)}`, '/', 'linux')).toEqual(archive(to));
        },
      ),
    );
  });
});

describe('an operand for a start in another folder', () => {
  it.each([
    ['x.capsule', '/home/me/x.capsule'],
    ['../you/x', '/home/you/x'],
    ['./a:b.capsule', '/home/me/a:b.capsule'],
    ['backup:v1.capsule', '/home/me/backup:v1.capsule'],
    ['file:x.capsule', '/home/me/file:x.capsule'],
    ['--flag', '/home/me/--flag'],
    ['/a/x.capsule', '/a/x.capsule'],
    ['file:///x.capsule', 'file:///x.capsule'],
    ['capsule:install?file=/x.capsule', 'capsule:install?file=/x.capsule'],
    ['http://example.org/x', 'http://example.org/x'],
  ])('%s is %s', (operand, whole) => {
    expect(wholeOperand(operand, '/home/me', 'linux')).toBe(whole);
  });

  it('opens the same, or is refused for the same reason, whatever it is', () => {
    const outcome = (operand: string, from: string): string => {
      const target = openTarget(operand, from, 'linux');
      return target.kind === 'refused' ? target.failure.code : `${target.kind} ${target.path}`;
    };
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (operand) => {
        const whole = wholeOperand(operand, '/home/me', 'linux');
        expect(outcome(whole, '/elsewhere')).toBe(outcome(operand, '/home/me'));
      }),
    );
  });
});
