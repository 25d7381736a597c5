import { expect, it } from 'vitest';
import { formatInstallStep } from './format-install-step.ts';

it('an installation says at each step what it is doing, and that it goes on', () => {
  const steps = ['preparing', 'waiting', 'stopping', 'copying', 'running-hook', 'rolling-back'] as const;
  const words = [null, ...steps].map(formatInstallStep);
  expect(new Set(words).size).toBe(words.length);
  expect(words.filter((text) => !/^\w.*…$/u.test(text))).toEqual([]);
});
