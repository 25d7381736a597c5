import { describe, expect, it } from 'vitest';
import { isPrincipal, requirePrincipal } from './principal.ts';

describe('a principal', () => {
  it.each(['default', 'Anna-1', 'a', '_', '-', 'x'.repeat(64), 'anonymous'])('may be named %j', (name) => {
    expect(isPrincipal(name)).toBe(true);
  });

  it.each(['', 'x'.repeat(65), 'a b', 'a/b', '..', 'ä', 'a\n', 'a\0'])('may not be named %j', (name) => {
    expect(isPrincipal(name)).toBe(false);
    expect(() => requirePrincipal(name)).toThrow(
      expect.objectContaining({
        code: 'principal-invalid',
        message: `${JSON.stringify(name)} is not a valid principal.`,
        hint: 'Use 1 to 64 letters, digits, "_" and "-".',
      }),
    );
  });

  it('cannot be the caller without identity', () => {
    expect(() => requirePrincipal('anonymous')).toThrow(
      expect.objectContaining({ code: 'principal-reserved', hint: 'Choose another name, or "default".' }),
    );
    expect(requirePrincipal('default')).toBe('default');
  });
});
