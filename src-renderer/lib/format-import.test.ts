import { expect, it } from 'vitest';
import { hostInterfaces } from '../../src-main/host/generated/interfaces.ts';
import { formatImport } from './format-import.ts';

it.each([
  ['astrid:process/host@1.1.0', 'starts programs on this machine, in the sandbox'],
  ['astrid:io/streams@1.0.0', 'reads, writes and waits on streams'],
  ['astrid:kv/host', 'stores its own data between calls'],
  ['types', 'shares type definitions'],
  ['astrid:telepathy/host@1.0.0', 'unknown to this version'],
  ['wasi:telepathy/host@0.2.0', ''],
  ['', ''],
])('%j %s', (name, purpose) => {
  expect(formatImport(name)).toBe(purpose);
});

it('every interface of the host says what it is for', () => {
  const silent = Object.keys(hostInterfaces).filter((name) => /^(|unknown.*)$/u.test(formatImport(name)));
  expect(silent).toEqual([]);
});
