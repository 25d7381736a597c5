import { describe, expect, it } from 'vitest';
import { closestWord } from './did-you-mean.ts';

describe('the closest word', () => {
  const known = ['fs_read', 'fs_write', 'host_process', 'net', 'net_bind', 'kv', 'uplink'];
  it.each([
    ['fs_reed', 'fs_read'],
    ['host-process', 'host_process'],
    ['ent', 'net'],
    ['nett', 'net'],
    ['uplnk', 'uplink'],
    ['filesystem', undefined],
    ['', undefined],
  ])('for %j is %j', (word, expected) => {
    expect(closestWord(word, known)).toBe(expected);
  });
});
