import { expect, it } from 'vitest';
import { shortSource } from './short-source.ts';

it.each([
  ['/home/person/supervisor.capsule', 'supervisor.capsule'],
  ['/home/person/my-capsule/', 'my-capsule'],
  ['C:\\a\\x.capsule', 'x.capsule'],
  ['/', '/'],
  ['/home/capsule:x/y', 'y'],
  ['x'.repeat(40), 'x'.repeat(40)],
  ['x'.repeat(41), `${'x'.repeat(39)}…`],
  ['https://example.org/x.capsule', 'https://example.org/x.capsule'],
  [`capsule:install?file=${'%41'.repeat(4_000)}`, 'capsule:install?file=%41%41%41%41%41%41…'],
  ['/a\u001b[2J\u202e.capsule', 'a\\x1b[2J\\u{202e}.capsule'],
  ['', ''],
])('says %j as %j', (source, shown) => {
  expect(shortSource(source)).toBe(shown);
});
