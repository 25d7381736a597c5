import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appFileOf } from './files.ts';
import { contentSecurityPolicy, withNonce } from './csp.ts';

describe('the files of the app protocol', () => {
  it.each([
    ['app://capsule-desktop/', 'index.html', 'text/html; charset=utf-8'],
    ['app://capsule-desktop/index.html#/processes', 'index.html', 'text/html; charset=utf-8'],
    [
      'app://capsule-desktop/assets/index-B7_x.js?v=1',
      'assets/index-B7_x.js',
      'text/javascript; charset=utf-8',
    ],
    ['app://capsule-desktop/assets/x.woff2', 'assets/x.woff2', 'font/woff2'],
  ])('has %s', (url, file, mime) => {
    expect(appFileOf(url)).toEqual({ file, mime });
  });

  it.each([
    'app://capsule-desktop/../secret.js',
    'app://capsule-desktop/%2e%2e/secret.js/../../x',
    'app://capsule-desktop/..%2fsecret.js',
    'app://capsule-desktop/%2e%2e%2f%2e%2e%2fpackage.js',
    'app://capsule-desktop/assets\\..\\..\\x.js',
    'app://capsule-desktop//etc/passwd.js',
    'app://capsule-desktop/.hidden.js',
    'app://capsule-desktop/assets/.hidden/x.js',
    'app://capsule-desktop/C:/x.js',
    'app://capsule-desktop/x.js%00.png',
    'app://capsule-desktop/index.js.map',
    'app://capsule-desktop/secret',
    'app://capsule-desktop/js',
    'app://capsule-desktop.evil/index.html',
    'app://evil/index.html',
    'file:///index.html',
    'https://capsule-desktop/index.html',
    'nonsense',
  ])('does not have %s, or only a file of its own folder', (url) => {
    const found = appFileOf(url);
    expect(found === null || staysInside(found.file)).toBe(true);
    expect(found?.file ?? '').not.toMatch(/passwd|hidden|\.map|%/);
  });

  it('names no file outside its folder, whatever the path', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.constantFrom('', '/..', '/%2e%2e', '\\..'), (path, step) => {
        const found = appFileOf(`app://capsule-desktop${step}${path}${step}/x.js`);
        expect(found === null || staysInside(found.file)).toBe(true);
      }),
    );
  });
});

describe('the content security policy', () => {
  it('allows nothing inline and nothing from elsewhere', () => {
    expect(contentSecurityPolicy('abc=')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-abc='; img-src 'self' data:; " +
        "font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('puts the nonce where the page asks for it', () => {
    const page = '<meta name="csp-nonce" content="__CSP_NONCE__">';
    expect(withNonce(page, 'a$&b')).toBe('<meta name="csp-nonce" content="a$&b">');
  });
});

function staysInside(file: string): boolean {
  return posix.normalize(file) === file && !file.startsWith('..') && !file.startsWith('/');
}
