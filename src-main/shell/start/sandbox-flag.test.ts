import { describe, expect, it } from 'vitest';
import { lacksSandbox, type SandboxFacts } from './sandbox-flag.ts';

const installed: SandboxFacts = { packaged: true, uid: 1000, noSandbox: true };

describe('a start without a sandbox', () => {
  it.each<[string, Partial<SandboxFacts>, boolean]>([
    ['is refused to an ordinary user', {}, true],
    ['is refused where there are no user ids', { uid: undefined }, true],
    ['is allowed to root', { uid: 0 }, false],
    ['is allowed from source', { packaged: false }, false],
    ['is none with a sandbox', { noSandbox: false }, false],
  ])('%s', (_what, facts, refused) => {
    expect(lacksSandbox({ ...installed, ...facts })).toBe(refused);
  });
});
